// Asking again after news (动态刷新). Thousands of consoles hear the same news: in a quiet office a page follows within a moment, on a
// busy morning less and less often, spread by chance, and a page that nobody looks at asks when somebody does.

export interface Soon {
  /** There was news. */
  later(): void
  stop(): void
}

/** Calls ask `first` ms after news, a burst once; while news goes on coming twice as long after each time, up to `longest`. */
export function soon(ask: () => unknown, first = 400, longest = 10_000): Soon {
  let timer = 0
  let last = -Infinity
  let pause = first
  let waiting = false

  const run = () => {
    timer = 0
    last = Date.now()
    void ask()
  }
  const later = () => {
    if (timer) return
    if (document.visibilityState === 'hidden') {
      waiting = true
      return
    }
    pause = Date.now() - last > longest ? first : Math.min(pause * 2, longest)
    timer = window.setTimeout(run, pause * (1 + Math.random() / 2))
  }
  const seen = () => {
    if (!waiting || document.visibilityState === 'hidden') return
    waiting = false
    run()
  }
  document.addEventListener('visibilitychange', seen)
  return {
    later,
    stop() {
      clearTimeout(timer)
      timer = 0
      document.removeEventListener('visibilitychange', seen)
    },
  }
}
