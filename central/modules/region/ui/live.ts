import { hear } from '@kiosk/kit/live'
import { soon } from '@kiosk/kit/soon'
import { onBeforeUnmount, onMounted } from 'vue'

// What happens to matters across regions (跨域动态): an open page asks again.
let leave: (() => void) | undefined

export function follow() {
  leave ??= hear(['region.moved', 'region.registered', 'region.arrived'], () => window.dispatchEvent(new CustomEvent('crossing-moved')))
}

/** Nobody is signed in any more: nothing may arrive. */
export function unfollow() {
  leave?.()
  leave = undefined
}

/** Asks again a moment after something moved, with measure. */
export function onMoved(load: () => unknown) {
  const { later, stop } = soon(load, 300)
  onMounted(() => window.addEventListener('crossing-moved', later))
  onBeforeUnmount(() => {
    stop()
    window.removeEventListener('crossing-moved', later)
  })
}
