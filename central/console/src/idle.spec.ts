import { describe, expect, it } from 'vitest'
import { idleStep } from './idle'

const min = 60_000
const now = 100 * min

describe('a session that is about to end', () => {
  it('is left alone while the centre is asked', () => expect(idleStep(now, now - 9 * min, now)).toBe('nothing'))
  it('is kept by somebody who types without asking', () => expect(idleStep(now, now - 12 * min, now - 1000)).toBe('stay'))
  it('is not kept by a touch before the last question', () => expect(idleStep(now, now - 12 * min, now - 20 * min)).toBe('nothing'))
  it('warns five minutes before', () => {
    expect(idleStep(now, now - 24 * min, 0)).toBe('nothing')
    expect(idleStep(now, now - 25 * min, 0)).toBe('warn')
  })
})
