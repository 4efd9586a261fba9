import { hear } from '@kiosk/kit/live'

// What a neighbour tells (相邻系统动态): an open page asks again.
let leave: (() => void) | undefined

export function follow() {
  leave ??= hear(['joined.moved'], () => window.dispatchEvent(new CustomEvent('matter-moved')))
}

/** Nobody is signed in any more: nothing may arrive. */
export function unfollow() {
  leave?.()
  leave = undefined
}
