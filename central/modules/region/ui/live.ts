import { hear } from '@kiosk/kit/live'
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

/** Asks again a moment after something moved, once for a burst. */
export function onMoved(load: () => unknown) {
  let timer = 0
  const later = () => {
    timer ||= window.setTimeout(() => {
      timer = 0
      void load()
    }, 300)
  }
  onMounted(() => window.addEventListener('crossing-moved', later))
  onBeforeUnmount(() => {
    clearTimeout(timer)
    window.removeEventListener('crossing-moved', later)
  })
}
