import { expect, it } from 'vitest'
import { within } from './floating'

it('never leaves what can be seen, whatever the screen', () => {
  const box = { w: 300, h: 48 }
  const at = (x: number, y: number, w = 1440, h = 900) => {
    const p = within({ x, y, folded: false }, box, { w, h })
    return [p.x, p.y]
  }
  expect(at(-50, 0)).toEqual([8, 56])
  expect(at(5000, 5000)).toEqual([1132, 852])
  expect(at(600, 400)).toEqual([600, 400])
  expect(at(600, 400, 200, 100)).toEqual([8, 56])
})
