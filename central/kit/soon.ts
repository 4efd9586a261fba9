// Asking again after news (动态刷新). Thousands of consoles hear the same news: in a quiet office a page follows within a moment, on a
// busy morning less and less often, spread by chance, and a page that nobody looks at asks when somebody does.

import { crowd } from './live'

const each = 4 // ms by which every console that hears the same widens the time in which they ask; more for what is dearer to answer

export interface Soon {
  /** There was news. */
  later(): void
  /** Somebody looks: what would be asked soon is asked now. */
  hurry(): void
  stop(): void
}

/**
 * Calls ask `first` ms after news, a burst once; while news goes on coming twice as long after each time, and at least `share` ms for
 * each console that is open, up to `longest`. What is drawn by chance is added, up to as much again, or to the consoles' share: what all
 * hear in one moment, they must not all ask in the next.
 */
export function soon(ask: () => unknown, first = 400, longest = 20_000, share = each): Soon {
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
    const crowded = share * crowd.listening
    pause = Date.now() - last > longest + crowded ? first : Math.min(Math.max(pause * 2, crowded), longest)
    timer = window.setTimeout(run, pause + Math.random() * Math.max(pause, crowded))
  }
  const seen = () => {
    if (!waiting || document.visibilityState === 'hidden') return
    waiting = false
    run()
  }
  document.addEventListener('visibilitychange', seen)
  return {
    later,
    hurry() {
      if (!timer) return
      clearTimeout(timer)
      run()
    },
    stop() {
      clearTimeout(timer)
      timer = 0
      document.removeEventListener('visibilitychange', seen)
    },
  }
}
