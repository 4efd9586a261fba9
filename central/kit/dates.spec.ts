import { describe, expect, it } from 'vitest'
import { clockTime, hallDay, minute, sentenceDay, tableDay } from './dates'

describe('an instant in a table', () => {
  const now = new Date('2026-11-26T04:30:00Z') // 12:30 in Shanghai
  it.each([
    ['2026-11-26T12:04:59+08:00', '今天 12:04'],
    ['2026-11-25T16:00:00Z', '今天 00:00'], // midnight in Shanghai is still the day before elsewhere
    ['2026-11-25T23:59:00+08:00', '11-25 23:59'],
    ['2025-12-31T09:00:00+08:00', '2025-12-31 09:00'],
    ['', ''],
  ])('%s is %s', (iso, words) => expect(minute(iso, now)).toBe(words))
})

describe('days', () => {
  it('are written without leading zeros in sentences', () => expect(sentenceDay('2026-12-01')).toBe('12月1日'))
  it.each(['', '—'])('that are not there are empty: %j', (day) => expect(sentenceDay(day)).toBe(''))
  it('are short in tables', () => expect(tableDay('2026-12-01')).toBe('12-01'))
  it('of the hall are those of Shanghai', () => {
    const late = new Date('2026-11-26T16:30:00Z')
    expect(hallDay(late)).toBe('11月27日 周五')
    expect(clockTime(late)).toBe('00:30')
  })
})
