import { soon } from '@kiosk/kit/soon'
import { onBeforeUnmount, onMounted } from 'vue'

/** Asks again a moment after something moved, once for a burst (动态刷新). */
export function onMoved(load: () => unknown) {
  const { later, stop } = soon(load, 300)
  onMounted(() => ['matter-moved', 'case-moved'].forEach((e) => window.addEventListener(e, later)))
  onBeforeUnmount(() => {
    stop()
    ;['matter-moved', 'case-moved'].forEach((e) => window.removeEventListener(e, later))
  })
}
