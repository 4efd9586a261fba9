import type { State } from '../gen/screen'

/** How long to wait before a stream that the browser gave up is opened again, in milliseconds. */
const again = 1000

/**
 * Follows the agent's states (状态流). The browser reopens a broken stream by itself; one that it closed for good, such as
 * after an agent that restarted answered 401 once, is opened anew here. Returns what ends it.
 */
export function follow(onState: (s: State) => void, onLink: (up: boolean) => void): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let ended = false

  const open = (): void => {
    if (ended) return
    const s = new EventSource('/api/events')
    source = s
    s.addEventListener('open', () => onLink(true))
    s.addEventListener('state', (e) => {
      onLink(true)
      onState(JSON.parse((e as MessageEvent<string>).data) as State)
    })
    s.addEventListener('error', () => {
      onLink(false)
      if (s.readyState !== EventSource.CLOSED) return
      s.close()
      timer = setTimeout(open, again)
    })
  }
  open()
  return () => {
    ended = true
    if (timer) clearTimeout(timer)
    source?.close()
  }
}
