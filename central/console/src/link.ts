import { clockTime } from '@kiosk/kit/dates'
import { onBeforeUnmount, onMounted, ref } from 'vue'

/** Since when live updates do not come, "" while they do (断线). A pause of a second or two is not worth a word. */
export function useLink() {
  const since = ref('')
  let timer = 0
  const hear = (e: Event) => {
    const up = (e as CustomEvent<'up' | 'down'>).detail === 'up'
    if (up) {
      clearTimeout(timer)
      timer = 0
      since.value = ''
    } else if (!timer && !since.value) {
      const at = clockTime()
      timer = window.setTimeout(() => (since.value = at), 2500)
    }
  }
  onMounted(() => window.addEventListener('live-link', hear))
  onBeforeUnmount(() => {
    clearTimeout(timer)
    window.removeEventListener('live-link', hear)
  })
  return since
}
