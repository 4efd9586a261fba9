/** Where a part sits in the drawing of the whole terminal, in its 160 × 300 view box (位置). */
export interface Spot {
  x: number
  y: number
  w: number
  h: number
}

export type Part = 'idcard' | 'scanner' | 'receipt' | 'passport'

const usual: Record<Part, 'left' | 'right' | 'middle'> = { idcard: 'right', scanner: 'left', receipt: 'left', passport: 'left' }

/** The device profile says the place from the citizen's side, such as 屏幕右下方; without a word the model's usual place holds. */
export function sideOf(part: Part, position: string): 'left' | 'right' | 'middle' {
  if (position.includes('右')) return 'right'
  if (position.includes('左')) return 'left'
  if (position.includes('中')) return 'middle'
  return usual[part]
}

const shelf = { left: { x: 14, w: 40 }, middle: { x: 60, w: 40 }, right: { x: 104, w: 40 } }
const outlets = { left: { x: 22, w: 46 }, middle: { x: 57, w: 46 }, right: { x: 84, w: 54 } }

/** The lit part of a tower terminal: cards and papers lie on the shelf, slips come out below it. */
export function spotOf(part: Part, position: string): Spot {
  const side = sideOf(part, position)
  return part === 'receipt' ? { ...outlets[side], y: 214, h: 42 } : { ...shelf[side], y: 179, h: 26 }
}
