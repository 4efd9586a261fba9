import { hear } from '@kiosk/kit/live'

// Live updates (督办动态): cases and cards that moved within the caller's scope. The shell counts its numbers anew on the same signal.
const topics = ['received', 'noticed', 'accepted', 'refused', 'granted', 'supplied', 'suspended', 'resumed', 'extended', 'denied', 'withdrawn', 'lapsed'].map((t) => 'window.' + t)
  .concat(['issued', 'reminded', 'replied', 'returned', 'accepted', 'cancelled', 'closed', 'late'].map((t) => 'supervision.' + t))
let leave: (() => void) | undefined

export function follow() {
  leave ??= hear(topics, (topic, { key }) => {
    window.dispatchEvent(new CustomEvent('supervision-moved', { detail: { topic, key } }))
    if (topic.startsWith('supervision.')) window.dispatchEvent(new CustomEvent('case-moved', { detail: { topic, no: key } }))
  })
}

/** Nobody is signed in any more: nothing may arrive. */
export function unfollow() {
  leave?.()
  leave = undefined
}
