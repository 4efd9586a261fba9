/** Two presses of the same button within so many milliseconds are one (防连点); keys are exempt. */
const apart = 400

/**
 * A public screen's guards: no pinch zoom, no menu, no drag, no way back into a visit that ended. Presses count on release
 * inside the target, which is what click means; the second half of a double tap is swallowed.
 */
export function guard(): void {
  const stop = (e: Event): void => e.preventDefault()
  for (const name of ['contextmenu', 'dragstart', 'selectstart', 'gesturestart', 'gesturechange', 'drop', 'dragover']) {
    document.addEventListener(name, stop, { capture: true })
  }
  document.addEventListener('touchstart', (e) => e.touches.length > 1 && e.preventDefault(), { passive: false })
  document.addEventListener('wheel', (e) => e.ctrlKey && e.preventDefault(), { passive: false })
  document.addEventListener('keydown', onKey, { capture: true })

  let last: EventTarget | null = null
  let at = -Infinity
  document.addEventListener(
    'click',
    (e) => {
      const button = (e.target as Element | null)?.closest('button') ?? null
      if (button && button === last && e.timeStamp - at < apart && !button.closest('[data-rapid]')) {
        e.preventDefault()
        e.stopImmediatePropagation()
        return
      }
      last = button
      at = e.timeStamp
    },
    { capture: true },
  )
  closeBackKey()
}

/** Zoom, reload, navigation and developer keys of a keyboard that someone plugs in. */
function onKey(e: KeyboardEvent): void {
  const chord = (e.ctrlKey || e.metaKey) && '+-=0rRnNtTwWpPsSuU'.includes(e.key)
  const walk = e.altKey && (e.key === 'ArrowLeft' || e.key === 'ArrowRight')
  if (chord || walk || /^F(1|3|5|6|7|11|12)$/.test(e.key) || e.key === 'BrowserBack') e.preventDefault()
}

/** The back key does nothing: one entry is kept in front and put back whenever it is taken away. */
function closeBackKey(): void {
  history.replaceState(null, '', location.pathname)
  history.pushState(null, '', location.pathname)
  window.addEventListener('popstate', () => history.pushState(null, '', location.pathname))
}

/** Replaces what stands in the history when a visit ends; there is never anything of a visit in it. */
export function forgetHistory(): void {
  history.replaceState(null, '', location.pathname)
}
