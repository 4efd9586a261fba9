import { describe, expect, it } from 'vitest'
import { idleStep } from './idle'

const min = 60_000
const now = 100 * min
const at = (idle: number, touched: number, limit = 15) => idleStep(now, now - idle * min, touched, limit * min)

describe('a session that is about to end', () => {
  it('is left alone while the centre is asked', () => expect(at(4, now)).toBe('nothing'))
  it('is kept by somebody who types without asking', () => expect(at(6, now - 1000)).toBe('stay'))
  it('is not kept by a touch before the last question', () => expect(at(6, now - 20 * min)).toBe('nothing'))
  it('warns in the last third, five minutes at most', () => {
    expect(at(9.9, 0)).toBe('nothing')
    expect(at(10, 0)).toBe('warn')
    expect(at(24, 0, 30)).toBe('nothing')
    expect(at(25, 0, 30)).toBe('warn')
    expect(at(6.6, 0, 10)).toBe('nothing')
    expect(at(6.7, 0, 10)).toBe('warn')
  })
})
