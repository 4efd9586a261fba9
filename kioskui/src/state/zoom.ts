/** A picture looked at closely (双指放大): its scale and how far it is moved, in pixels of its box; 1, 0, 0 is the whole picture. */
export interface Zoom {
  scale: number
  x: number
  y: number
}

export interface Spot {
  x: number
  y: number
}

export interface Box {
  width: number
  height: number
}

export const whole: Zoom = { scale: 1, x: 0, y: 0 }
export const most = 5

const within = (v: number, low: number, high: number): number => Math.min(high, Math.max(low, v))

/** Keeps the box covered: a picture cannot be lost outside of it. */
export function held(z: Zoom, box: Box): Zoom {
  const scale = within(z.scale, 1, most)
  return { scale, x: within(z.x, box.width * (1 - scale), 0) || 0, y: within(z.y, box.height * (1 - scale), 0) || 0 }
}

/** Scales around a point, which stays where it is. */
export function around(z: Zoom, at: Spot, factor: number, box: Box): Zoom {
  const scale = within(z.scale * factor, 1, most)
  const real = scale / z.scale
  return held({ scale, x: at.x - (at.x - z.x) * real, y: at.y - (at.y - z.y) * real }, box)
}

/** What fingers did since the last look: one moves the picture, two scale it, and what lay between them stays between them. */
export function moved(z: Zoom, from: Spot[], to: Spot[], box: Box): Zoom {
  if (from.length === 0 || from.length !== to.length) return z
  const a = middle(from)
  const b = middle(to)
  const carried = { ...z, x: z.x + b.x - a.x, y: z.y + b.y - a.y }
  const before = apart(from)
  return before > 0 ? around(carried, b, apart(to) / before, box) : held(carried, box)
}

const middle = (p: Spot[]): Spot => ({ x: p.reduce((s, q) => s + q.x, 0) / p.length, y: p.reduce((s, q) => s + q.y, 0) / p.length })
const apart = (p: Spot[]): number => (p.length < 2 ? 0 : Math.hypot(p[1]!.x - p[0]!.x, p[1]!.y - p[0]!.y))
