import { onBeforeUnmount, onMounted } from 'vue'

/** Asks again a moment after something moved, once for a burst (动态刷新). */
export function onMoved(load: () => unknown) {
  let timer = 0
  const later = () => {
    timer ||= window.setTimeout(() => {
      timer = 0
      void load()
    }, 300)
  }
  onMounted(() => ['matter-moved', 'case-moved'].forEach((e) => window.addEventListener(e, later)))
  onBeforeUnmount(() => {
    clearTimeout(timer)
    ;['matter-moved', 'case-moved'].forEach((e) => window.removeEventListener(e, later))
  })
}
