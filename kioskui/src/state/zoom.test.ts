import { describe, expect, test } from 'vitest'
import { around, held, most, moved, whole, type Spot, type Zoom } from './zoom'

const box = { width: 600, height: 400 }
/** Where a point of the picture stands on the screen. */
const shown = (z: Zoom, p: Spot): Spot => ({ x: z.x + p.x * z.scale, y: z.y + p.y * z.scale })

describe('looking closely', () => {
  test('two fingers apart: what lay between them stays between them', () => {
    const z = moved(whole, [{ x: 250, y: 200 }, { x: 350, y: 200 }], [{ x: 200, y: 200 }, { x: 400, y: 200 }], box)
    expect(z.scale).toBe(2)
    expect(shown(z, { x: 300, y: 200 })).toEqual({ x: 300, y: 200 })
    const carried = moved(z, [{ x: 200, y: 200 }, { x: 400, y: 200 }], [{ x: 210, y: 190 }, { x: 410, y: 190 }], box)
    expect(shown(carried, { x: 300, y: 200 })).toEqual({ x: 310, y: 190 })
  })

  test('one finger moves a picture that is larger, not one that is whole', () => {
    expect(moved(whole, [{ x: 10, y: 10 }], [{ x: 90, y: 90 }], box)).toEqual(whole)
    const z = around(whole, { x: 300, y: 200 }, 2, box)
    expect(moved(z, [{ x: 10, y: 10 }], [{ x: -40, y: 30 }], box)).toEqual({ scale: 2, x: z.x - 50, y: z.y + 20 })
  })

  test('it never leaves the box uncovered, never grows without end, and comes back whole', () => {
    for (const z of [held({ scale: 99, x: 500, y: -99999 }, box), around(whole, { x: 600, y: 400 }, 100, box)]) {
      expect(z.scale).toBe(most)
      for (const [left, right] of [[shown(z, { x: 0, y: 0 }), shown(z, { x: box.width, y: box.height })]] as const) {
        expect(left.x <= 0 && left.y <= 0 && right.x >= box.width && right.y >= box.height).toBe(true)
      }
    }
    expect(around(around(whole, { x: 10, y: 390 }, 3, box), { x: 500, y: 20 }, 0.01, box)).toEqual(whole)
  })

  test('a finger that came or went changes nothing', () => {
    expect(moved(whole, [{ x: 1, y: 1 }], [{ x: 1, y: 1 }, { x: 90, y: 90 }], box)).toBe(whole)
  })
})
