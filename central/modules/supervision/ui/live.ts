// Live updates (实时动态): cases and cards that moved within the caller's scope. The shell counts its numbers anew on the same signal.
const topics = ['received', 'noticed', 'accepted', 'refused', 'granted', 'supplied', 'suspended', 'resumed', 'extended', 'denied', 'withdrawn', 'lapsed'].map((t) => 'window.' + t)
  .concat(['issued', 'reminded', 'replied', 'returned', 'accepted', 'cancelled', 'closed', 'late'].map((t) => 'supervision.' + t))
const pause = 3000
let source: EventSource | undefined
let again = 0

function open() {
  again = 0
  const mine = (source = new EventSource('/api/staff/v1/supervision/events'))
  mine.onerror = () => {
    if (mine.readyState === EventSource.CLOSED) again ||= window.setTimeout(open, pause)
  }
  for (const t of topics) {
    mine.addEventListener(t, (e) => {
      const { key } = JSON.parse((e as MessageEvent<string>).data) as { key: string }
      window.dispatchEvent(new CustomEvent('supervision-moved', { detail: { topic: t, key } }))
      if (t.startsWith('supervision.')) window.dispatchEvent(new CustomEvent('case-moved', { detail: { topic: t, no: key } }))
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
