/** Where the floating window stands (悬浮窗口位置): kept on this machine, as screens differ; never outside what can be seen. */
export interface Place {
  x: number
  y: number
  folded: boolean
}

const key = 'tongban.float'
const edge = 8
const top = 48

export function within(p: Place, box: { w: number; h: number }, screen: { w: number; h: number }): Place {
  const to = (v: number, low: number, high: number) => Math.round(Math.min(Math.max(v, low), Math.max(high, low)))
  const out = { ...p, x: to(p.x, edge, screen.w - box.w - edge), y: to(p.y, top + edge, screen.h - box.h) }
  try {
    localStorage.setItem(key, JSON.stringify(out))
  } catch {
    // a browser that keeps nothing: the window stands at its first place again next time
  }
  return out
}

/** Folded over the bar of keys, where no page has a button of its own. */
export function place(): Place {
  const first = { x: window.innerWidth - 320, y: 99_999, folded: true }
  try {
    const p = JSON.parse(localStorage.getItem(key) ?? '') as Partial<Place>
    return typeof p.x === 'number' && typeof p.y === 'number' ? { x: p.x, y: p.y, folded: !!p.folded } : first
  } catch {
    return first
  }
}
