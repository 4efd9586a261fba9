import { describe, expect, it } from 'vitest'
import { inspectionState, line, percent, yearAnswer } from './state'

describe('inspections', () => {
  it.each([
    [{ state: 'ready', result: 'pass' }, '等签字', 'open'],
    [{ state: 'done', result: 'pass' }, '做完了', 'good'],
    [{ state: 'done', result: 'fail' }, '做完了，不合格', 'warn'],
    [{ state: 'missed' }, '漏了', 'bad'],
    [{ state: 'late', result: 'pass' }, '逾期后补做', 'warn'],
  ])('%j is %s', (i, word, tone) => expect(inspectionState(i)).toEqual({ word, tone }))
  it('of a year are a sentence', () => {
    const plan = { every: 'month' as const, duty_person: '' }
    expect(yearAnswer({ plan, rows: [], year: { year: 2026, done: 10, due: 2, missed: 0, need: 12 } })).toBe('2026 年巡检做了 10 次，没有漏，还要做 2 次')
    expect(yearAnswer({ plan, rows: [], year: { year: 2026, done: 11, due: 0, missed: 1, need: 12 } })).toBe('2026 年巡检做了 11 次，漏了 1 次')
  })
})

describe('availability', () => {
  it.each([
    [100, '100%'],
    [99.9999, '99.999%'],
    [99.5, '99.500%'],
  ])('%s is %s, never rounded up', (p, words) => expect(percent(p)).toBe(words))
})

describe('a trend', () => {
  it('is nothing without points', () => expect(line([], '%', 100, 20)).toBeUndefined())
  it('stands on zero and ends at 100 for percents', () => {
    const l = line([[0, 0], [60, 50], [120, 100]], '%', 100, 20)!
    expect(l.path).toBe('M0.0 20.0L50.0 10.0L100.0 0.0')
    expect([l.least, l.most, l.last]).toEqual([0, 100, 100])
  })
  it('of counts uses its height', () => expect(line([[0, 0], [10, 4]], '件', 10, 10)!.at(1)).toEqual({ x: 10, y: 0 }))
})
