import { describe, expect, it } from 'vitest'
import { found, machinesAnswer, warrantyLeft, worstFirst, type InstallPoint } from './machines'

const point = (id: string, state: InstallPoint['state'], more: Partial<InstallPoint> = {}): InstallPoint => ({ id, part: '机柜', title: id, answer: 'confirm', state, at: '', photos: [], ...more })

describe('the register of machines', () => {
  it('says how many are done and what the others wait for', () => {
    expect(machinesAnswer([{ standing: 'accepted' }, { standing: 'none' }, { standing: 'none' }, { standing: 'failed' }])).toBe('4 台终端，1 台已验收；1 台有不合格项，2 台还没有验收记录')
    expect(machinesAnswer([{ standing: 'accepted' }])).toBe('1 台终端，1 台已验收')
  })
  it('shows what is wrong first and keeps the order otherwise', () => {
    expect(worstFirst([point('a', 'ok'), point('b', 'absent'), point('c', 'failed'), point('d', 'failed')]).map((p) => p.id)).toEqual(['c', 'd', 'b', 'a'])
  })
  it('writes a measure beside its bound', () => {
    expect(found(point('h', 'failed', { answer: 'number', value: 2010, unit: 'mm', want: '≤ 2000 mm' }))).toBe('2010 mm，要求 ≤ 2000 mm')
    expect(found(point('r', 'ok', { answer: 'read', value: 640.2, unit: 'ms', want: '离 5 厘米读到' }))).toBe('640 毫秒，离 5 厘米读到')
    expect(found(point('c', 'ok'))).toBe('')
  })
  it('counts the days of the warranty in Beijing', () => {
    expect(warrantyLeft('2026-11-29', new Date('2026-11-27T17:00:00Z'))).toBe(1)
    expect(warrantyLeft('2026-11-20', new Date('2026-11-28T01:00:00Z'))).toBe(-8)
    expect(warrantyLeft('', new Date())).toBeUndefined()
  })
})
