// Live updates (实时动态): one stream for all pages; it comes back by itself and goes on where it stopped.

export interface Moved {
  no: string
  state: string
  item_name: string
  terminal?: string
}

const topics = ['window.received', 'window.noticed', 'window.accepted', 'window.refused', 'window.granted', 'window.help_called']
let source: EventSource | undefined

export function follow() {
  if (source && source.readyState !== EventSource.CLOSED) return
  source = new EventSource('/api/staff/v1/window/events')
  const tell = (up: boolean) => window.dispatchEvent(new CustomEvent('live-link', { detail: up ? 'up' : 'down' }))
  source.onopen = () => tell(true)
  source.onerror = () => tell(false)
  for (const t of topics) {
    source.addEventListener(t, (e) => {
      const { data } = JSON.parse((e as MessageEvent<string>).data) as { data: Moved }
      window.dispatchEvent(new CustomEvent('case-moved', { detail: { topic: t, ...data } }))
    })
  }
}
