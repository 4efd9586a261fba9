import { soon } from '@kiosk/kit/soon'
import { onBeforeUnmount, onMounted, ref } from 'vue'

const burst = 300 // ms in which arrivals are one

/** Calls load after a burst of movements, and remembers which cases moved while the page is open (刚刚动过的). */
export function useMoved(load: () => Promise<void>) {
  const fresh = ref(new Set<string>())
  const { later, stop } = soon(load, burst)
  function on(e: Event) {
    const { topic, key } = (e as CustomEvent<{ topic: string; key: string }>).detail
    if (topic.startsWith('window.')) fresh.value = new Set([...fresh.value, key])
    later()
  }
  onMounted(() => window.addEventListener('supervision-moved', on))
  onBeforeUnmount(() => {
    stop()
    window.removeEventListener('supervision-moved', on)
  })
  return fresh
}
