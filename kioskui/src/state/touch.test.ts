import { describe, expect, it } from 'vitest'
import { hits, lift, newBoard, touch } from './touch'

describe('touch test', () => {
  it('counts the fields that answered, to the last pixel of each edge', () => {
    const b = newBoard(1080, 1920)
    expect([b.columns, b.rows]).toEqual([5, 9])
    touch(b, 1, 0, 0, 1080, 1920)
    touch(b, 1, 1079, 1919, 1080, 1920)
    touch(b, 1, 1080, 1920, 1080, 1920) // outside
    expect(hits(b)).toBe(2)
    expect(b.hit[0] && b.hit[44]).toBe(true)
    for (let y = 10; y < 1920; y += 50) for (let x = 10; x < 1080; x += 50) touch(b, 1, x, y, 1080, 1920)
    expect(hits(b)).toBe(45)
  })
  it('counts fingers that lie there at once, not one after the other', () => {
    const b = newBoard(1920, 1080)
    touch(b, 1, 5, 5, 1920, 1080)
    lift(b, 1)
    touch(b, 2, 5, 5, 1920, 1080)
    expect(b.most).toBe(1)
    touch(b, 3, 900, 5, 1920, 1080)
    touch(b, 3, 901, 6, 1920, 1080)
    expect(b.most).toBe(2)
  })
})
