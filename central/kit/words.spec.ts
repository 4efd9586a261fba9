import { describe, expect, it } from 'vitest'
import { withQuery } from './asking'
import { ago, bytes, count, daysUntil, fingerprint, listed, span } from './words'

const now = new Date('2026-11-26T04:00:00Z')

describe('how long ago', () => {
  it.each([
    ['2026-11-26T03:59:30Z', '刚刚'],
    ['2026-11-26T03:55:00Z', '5 分钟前'],
    ['2026-11-26T01:00:00Z', '3 小时前'],
    ['2026-11-14T01:00:00Z', '12 天前'],
    ['', ''],
  ])('%s is %s', (iso, words) => expect(ago(iso, now)).toBe(words))
})

describe('spans', () => {
  it.each([
    [8, '8 秒'],
    [59.6, '1 分'],
    [260, '4 分 20 秒'],
    [11100, '3 小时 5 分'],
    [7200, '2 小时'],
    [187200, '2 天 4 小时'],
  ])('%s s is %s', (s, words) => expect(span(s)).toBe(words))
})

describe('numbers', () => {
  it('have thousands', () => expect(count(88118)).toBe('88,118'))
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [12_300_000, '12.3 MB'],
    [431_000_000_000, '431 GB'],
  ])('%s bytes are %s', (n, words) => expect(bytes(n)).toBe(words))
  it('of days count down to the day', () => {
    expect(daysUntil('2026-12-26T04:00:00Z', now)).toBe(30)
    expect(daysUntil('2026-11-25T04:00:00Z', now)).toBe(-1)
  })
})

it('lists read like a sentence', () => {
  expect(listed([])).toBe('')
  expect(listed(['受理'])).toBe('受理')
  expect(listed(['受理', '补正告知', '办结'])).toBe('受理、补正告知和办结')
})
it('fingerprints are short', () => {
  expect(fingerprint('a41f02c97be05d90')).toBe('a41f 02c9 7be0 …')
  expect(fingerprint('')).toBe('')
})
it('queries leave out what is empty', () => {
  expect(withQuery('/a', {})).toBe('/a')
  expect(withQuery('/a', { q: '', page: 2, who: '周 敏', on: false })).toBe('/a?page=2&who=%E5%91%A8%20%E6%95%8F')
})
