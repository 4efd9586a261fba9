// Live updates of the hall (大厅动态): one stream; pages hear "hall-moved" and ask again, at most twice a second.
const topics = ['hall.ticket', 'hall.seat', 'hall.config', 'hall.visit']
let source: EventSource | undefined
let again = 0

function open() {
  again = 0
  const mine = (source = new EventSource('/api/staff/v1/hall/events'))
  const tell = (up: boolean) => window.dispatchEvent(new CustomEvent('hall-link', { detail: up }))
  mine.onopen = () => tell(true)
  mine.onerror = () => {
    tell(false)
    if (mine.readyState === EventSource.CLOSED) again ||= window.setTimeout(open, 3000)
  }
  for (const t of topics) mine.addEventListener(t, () => window.dispatchEvent(new CustomEvent('hall-moved')))
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
