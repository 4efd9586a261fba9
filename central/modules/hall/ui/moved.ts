import { soon } from '@kiosk/kit/soon'
import { onBeforeUnmount, ref } from 'vue'

/** Calls load after what moved in the hall, a burst once (有动静就再取); up tells whether news arrives at all. */
export function useHall(load: () => Promise<void>) {
  const up = ref(true)
  const { later: moved, stop } = soon(load, 300)
  const link = (e: Event) => {
    up.value = (e as CustomEvent<string>).detail === 'up'
    if (up.value) moved()
  }
  window.addEventListener('hall-moved', moved)
  window.addEventListener('live-link', link)
  onBeforeUnmount(() => {
    stop()
    window.removeEventListener('hall-moved', moved)
    window.removeEventListener('live-link', link)
  })
  return up
}
