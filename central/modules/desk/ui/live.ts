import { hear } from '@kiosk/kit/live'

// Live updates of the desk (部门动态).
const topics = ['assigned', 'signed', 'refused', 'missing', 'asked', 'answered', 'forwarded', 'decided', 'folder'].map((t) => 'desk.' + t)
let leave: (() => void) | undefined

export function follow() {
  leave ??= hear<{ no: string }>(topics, (topic, { data }) => {
    window.dispatchEvent(new CustomEvent('desk-moved', { detail: data }))
    window.dispatchEvent(new CustomEvent('case-moved', { detail: { topic, no: '' } })) // the shell counts its numbers anew
  })
}

/** Nobody is signed in any more: nothing may arrive. */
export function unfollow() {
  leave?.()
  leave = undefined
}
