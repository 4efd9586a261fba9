// Live updates of the desk (部门动态): one stream for all its pages; what the browser gives up on is opened anew.
const topics = ['assigned', 'signed', 'refused', 'missing', 'asked', 'answered', 'forwarded', 'decided', 'folder']
const pause = 3000
let source: EventSource | undefined
let again = 0

function open() {
  again = 0
  const mine = (source = new EventSource('/api/staff/v1/desk/events'))
  mine.onerror = () => {
    if (mine.readyState === EventSource.CLOSED) again ||= window.setTimeout(open, pause)
  }
  for (const t of topics) {
    mine.addEventListener('desk.' + t, (e) => {
      const { data } = JSON.parse((e as MessageEvent<string>).data) as { data: { no: string } }
      window.dispatchEvent(new CustomEvent('desk-moved', { detail: data }))
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
