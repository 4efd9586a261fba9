// Live updates (实时动态): one stream for all modules of the console, since a browser opens six connections to one place and every
// stream takes one for good. The browser joins it again by itself and goes on where it stopped; what it gives up on (a centre that
// is being restarted answers with an error) is opened anew here.

/** One event: what it is about, and what everybody who hears it may know. */
export interface Heard<T = unknown> {
  key: string
  at: string
  data: T
}

type Listener = (topic: string, e: Heard) => void

/** A session is good for its own console only. */
const address = () => (document.documentElement.dataset.console === 'admin' ? '/api/admin/v1/events' : '/api/staff/v1/events')
const pause = 3000
const silence = 20_000 // the centre beats every 8 s: a line that is silent for longer is dead, whatever the browser thinks of it
const listeners = new Map<string, Set<Listener>>()
let source: EventSource | undefined
let again = 0
let watch = 0

/** How many consoles this centre talks to: what one hears, so many hear (同时在线). The beats say it. */
export const crowd = { listening: 0 }

const tell = (up: boolean) => window.dispatchEvent(new CustomEvent('live-link', { detail: up ? 'up' : 'down' }))

function listen(topic: string) {
  source?.addEventListener(topic, (e) => {
    alive()
    const heard = JSON.parse((e as MessageEvent<string>).data) as Heard
    for (const f of listeners.get(topic) ?? []) f(topic, heard)
  })
}

function alive() {
  clearTimeout(watch)
  watch = window.setTimeout(() => {
    tell(false)
    source?.close()
    open()
  }, silence)
}

function open() {
  clearTimeout(again)
  again = 0
  const mine = (source = new EventSource(address()))
  alive()
  mine.addEventListener('beat', (e) => {
    alive()
    crowd.listening = (JSON.parse((e as MessageEvent<string>).data || '{}') as { listening?: number }).listening ?? 0
  })
  mine.onopen = () => {
    alive()
    tell(true)
  }
  mine.onerror = () => {
    tell(false)
    if (mine.readyState === EventSource.CLOSED) again ||= window.setTimeout(open, pause)
  }
  for (const topic of listeners.keys()) listen(topic)
}

function close() {
  clearTimeout(again)
  clearTimeout(watch)
  again = 0
  source?.close()
  source = undefined
}

/** Hears topics until the returned function is called; the stream is open as long as anybody listens. */
export function hear<T>(topics: string[], f: (topic: string, e: Heard<T>) => void): () => void {
  for (const topic of topics) {
    const known = listeners.get(topic)
    if (known) known.add(f as Listener)
    else {
      listeners.set(topic, new Set([f as Listener]))
      listen(topic)
    }
  }
  if (!source) open()
  return () => {
    for (const topic of topics) listeners.get(topic)?.delete(f as Listener)
    if ([...listeners.values()].every((s) => s.size === 0)) {
      listeners.clear()
      close()
    }
  }
}
