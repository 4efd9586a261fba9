import { hear } from '@kiosk/kit/live'

// Live letters (站内信动态): the shell counts its numbers anew, an open page asks again.
const arrived = 'messages.arrived'
let leave: (() => void) | undefined

export function follow() {
  leave ??= hear([arrived], () => {
    window.dispatchEvent(new CustomEvent('letter-arrived'))
    window.dispatchEvent(new CustomEvent('case-moved', { detail: { topic: arrived, no: '' } }))
  })
}

/** Nobody is signed in any more: nothing may arrive. */
export function unfollow() {
  leave?.()
  leave = undefined
}
