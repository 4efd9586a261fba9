/** One point: x, y in pixels of the box, milliseconds since the first touch, pressure 0 to 1 (笔迹点). */
export type Point = [x: number, y: number, ms: number, pressure: number]
export type Strokes = Point[][]

/** A name is at least so much of the box wide or high; less is a dot or a slip of the hand. */
const least = 0.12

/** Whether anything is written, and whether it is large enough to be a signature. */
export function judge(strokes: Strokes, width: number, height: number): 'empty' | 'small' | 'written' {
  const points = strokes.flat()
  if (points.length < 2) return 'empty'
  const xs = points.map((p) => p[0])
  const ys = points.map((p) => p[1])
  const wide = Math.max(...xs) - Math.min(...xs)
  const high = Math.max(...ys) - Math.min(...ys)
  return wide >= width * least || high >= height * least ? 'written' : 'small'
}

/** A finger and a mouse report no pressure: half is what a pen's middle is. */
export const pressureOf = (reported: number, type: string): number => (type === 'pen' && reported > 0 ? round2(reported) : 0.5)

/** Line width in pixels of the box: a pen's pressure shows, a finger's line is even. */
export const widthOf = (pressure: number, unit: number): number => unit * (0.6 + 0.8 * pressure)

const round2 = (n: number): number => Math.round(n * 100) / 100

/** Keeps a point inside the box, rounded to tenths: nothing finer is real on a touch screen. */
export function pointOf(x: number, y: number, ms: number, pressure: number, width: number, height: number): Point {
  const clamp = (v: number, max: number): number => Math.round(Math.min(max, Math.max(0, v)) * 10) / 10
  return [clamp(x, width), clamp(y, height), Math.round(ms), pressure]
}

/** Ink of another box, such as the signature pad's, as large as this one shows it. */
export function fitted(ink: { width: number; height: number; strokes: (number[][] | null)[] | null }, width: number, height: number): Strokes {
  const k = Math.min(width / Math.max(ink.width, 1), height / Math.max(ink.height, 1))
  return (ink.strokes ?? []).map((s) => (s ?? []).map(([x = 0, y = 0, ms = 0, pressure = 0]): Point => [x * k, y * k, ms, pressure]))
}
