// Live letters (站内信动态): the shell counts its numbers anew, an open page asks again.
const pause = 3000
let source: EventSource | undefined
let again = 0

function open() {
  again = 0
  const mine = (source = new EventSource('/api/staff/v1/messages/events'))
  mine.onerror = () => {
    if (mine.readyState === EventSource.CLOSED) again ||= window.setTimeout(open, pause)
  }
  mine.addEventListener('messages.arrived', () => {
    window.dispatchEvent(new CustomEvent('letter-arrived'))
    window.dispatchEvent(new CustomEvent('case-moved', { detail: { topic: 'messages.arrived', no: '' } }))
  })
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
