import { hear } from '@kiosk/kit/live'

// Live updates of the hall (大厅动态): pages hear "hall-moved" and ask again, at most twice a second.
const topics = ['hall.ticket', 'hall.seat', 'hall.config', 'hall.visit']
let leave: (() => void) | undefined

export function follow() {
  leave ??= hear(topics, () => window.dispatchEvent(new CustomEvent('hall-moved')))
}

/** Nobody is signed in any more: nothing may arrive. */
export function unfollow() {
  leave?.()
  leave = undefined
}
