/** Follows a pointer until it is let go (拖动); Esc or a lost pointer ends it without a drop. */
export function follow(from: PointerEvent, on: { move?: (e: PointerEvent, dx: number, dy: number) => void; drop?: (e: PointerEvent, moved: boolean) => void; end?: () => void }, slack = 4) {
  let moved = false
  const move = (e: PointerEvent) => {
    const dx = e.clientX - from.clientX
    const dy = e.clientY - from.clientY
    if (!moved && Math.hypot(dx, dy) < slack) return
    moved = true
    on.move?.(e, dx, dy)
  }
  const stop = () => {
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', up)
    window.removeEventListener('pointercancel', stop)
    window.removeEventListener('keydown', escape, true)
    on.end?.()
  }
  const up = (e: PointerEvent) => {
    on.drop?.(e, moved)
    stop()
  }
  const escape = (e: KeyboardEvent) => {
    if (e.key !== 'Escape') return
    e.stopPropagation()
    e.preventDefault()
    stop()
  }
  window.addEventListener('pointermove', move)
  window.addEventListener('pointerup', up)
  window.addEventListener('pointercancel', stop)
  window.addEventListener('keydown', escape, true)
}
