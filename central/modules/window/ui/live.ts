// Live updates (实时动态): one stream for all pages. The browser joins it again by itself and goes on where it stopped; what it
// gives up on (a centre that is being restarted answers with an error) is opened anew here.

export interface Moved {
  no: string
  state: string
  item_name: string
  terminal?: string
}

const topics = ['window.received', 'window.noticed', 'window.accepted', 'window.refused', 'window.granted', 'window.supplied', 'window.suspended', 'window.resumed', 'window.extended', 'window.denied', 'window.withdrawn', 'window.lapsed', 'window.help_called']
const pause = 3000
let source: EventSource | undefined
let again = 0

const tell = (up: boolean) => window.dispatchEvent(new CustomEvent('live-link', { detail: up ? 'up' : 'down' }))

function open() {
  again = 0
  const mine = (source = new EventSource('/api/staff/v1/window/events'))
  mine.onopen = () => tell(true)
  mine.onerror = () => {
    tell(false)
    if (mine.readyState === EventSource.CLOSED) again ||= window.setTimeout(open, pause)
  }
  for (const t of topics) {
    mine.addEventListener(t, (e) => {
      const { data } = JSON.parse((e as MessageEvent<string>).data) as { data: Moved }
      window.dispatchEvent(new CustomEvent('case-moved', { detail: { topic: t, ...data } }))
    })
  }
}

export function follow() {
  if (!source) open()
}

/** Nobody is signed in any more: nothing may arrive. */
export function unfollow() {
  clearTimeout(again)
  again = 0
  source?.close()
  source = undefined
}
