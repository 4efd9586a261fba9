import { describe, expect, it } from 'vitest'
import { effectsOf, fresh, moved, outline } from './tree'
import type { Entry } from './types'
import { holds, wayTo } from './way'

const entry = {
  questions: [
    { id: 'form', text: '形式', why: '', options: [{ value: 'sell', label: '销售' }, { value: 'serve', label: '餐饮' }, { value: 'none', label: '都不是', stop: '去办别的' }] },
    { id: 'school', text: '是不是学校', why: '', when: { q: 'form', is: ['serve'] }, options: [{ value: 'yes', label: '是' }, { value: 'no', label: '不是' }] },
    { id: 'place', text: '场所', why: '', when: { not: { q: 'school', is: ['yes'] } }, options: [{ value: 'rent', label: '租的' }] },
  ],
  materials: [
    { code: 'lease', name: '租赁合同', plain: '', why: '', when: { q: 'place', is: ['rent'] }, max_pages: 1, copies: 1, defer_days: 10 },
    { code: 'plan', name: '平面图', plain: '', why: '', exempt: { q: 'form', is: ['sell'] }, max_pages: 1, copies: 1 },
  ],
  form: { groups: [] }, signers: [], points: [],
} as unknown as Entry

describe('the outline', () => {
  it('hangs a question below what it depends on', () => {
    expect(outline(entry).map((l) => [l.no, l.depth, l.only])).toEqual([[1, 0, ''], [2, 1, '只在“餐饮”时问'], [3, 2, '满足条件才问']])
  })
  it('says what an answer does', () => {
    expect(effectsOf(entry, 'place', 'rent').map((e) => e.kind + e.text)).toEqual(['need租赁合同', 'defer租赁合同 10 工作日'])
    expect(effectsOf(entry, 'form', 'sell').map((e) => e.kind)).toEqual(['exempt'])
    expect(effectsOf(entry, 'form', 'none').map((e) => e.kind)).toEqual(['stop'])
  })
  it('moves within its ends and finds names', () => {
    const list = ['a', 'b']
    expect(moved(list, 0, -1)).toBe(false)
    expect(moved(list, 0, 1)).toBe(true)
    expect(list).toEqual(['b', 'a'])
    expect(fresh('q', ['q1', 'q3'])).toBe('q4')
  })
})

describe('a way to a question', () => {
  it('answers what comes before, without an option that stops', () => {
    expect(wayTo(entry, 'form')).toEqual({})
    expect(wayTo(entry, 'school')).toEqual({ form: 'serve' })
    expect(wayTo(entry, 'place', 'rent')).toEqual({ form: 'sell', place: 'rent' }) // what is not asked on this way is left out
  })
  it('judges conditions', () => {
    expect(holds({ any: [{ q: 'form', is: ['sell'] }, { not: { q: 'form', is: ['serve'] } }] }, { form: 'serve' })).toBe(false)
    expect(holds(undefined, {})).toBe(true)
  })
})
