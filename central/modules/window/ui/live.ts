import { hear } from '@kiosk/kit/live'

// Live updates of cases (办件动态).

export interface Moved {
  no: string
  state: string
  item_name: string
  terminal?: string
}

const topics = ['received', 'noticed', 'accepted', 'refused', 'granted', 'supplied', 'suspended', 'resumed', 'extended', 'denied', 'withdrawn', 'lapsed', 'help_called'].map((t) => 'window.' + t)
let leave: (() => void) | undefined

export function follow() {
  leave ??= hear<Moved>(topics, (topic, { data }) => window.dispatchEvent(new CustomEvent('case-moved', { detail: { topic, ...data } })))
}

/** Nobody is signed in any more: nothing may arrive. */
export function unfollow() {
  leave?.()
  leave = undefined
}
