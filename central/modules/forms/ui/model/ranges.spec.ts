import { describe, expect, it } from 'vitest'
import { rangePattern } from './ranges'

describe('a range of whole numbers as a pattern', () => {
  it.each([[1, 50], [1, 20], [0, 9], [7, 7], [0, 100], [18, 120], [100, 2399], [1, 9999], [60, 61], [9, 10], [99, 1001], [0, 0], [5, 305]])('%i to %i takes these and no other', (from, to) => {
    const re = new RegExp(rangePattern(from, to), 'u')
    for (let n = 0; n <= Math.max(12000, to + 50); n++) if (re.test(String(n)) !== (n >= from && n <= to)) throw new Error(`${n} in ${from}–${to}: ${re}`)
    for (const wrong of ['', '01', '-1', '1.5', ' 1', '1 ', '１']) expect(re.test(wrong), wrong).toBe(false)
  })
})
