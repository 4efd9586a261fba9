import { onBeforeUnmount, ref } from 'vue'

/** Whether the screen is of a kind (屏幕尺寸), as CSS asks. */
export function useMedia(query: string) {
  const list = window.matchMedia(query)
  const on = ref(list.matches)
  const change = () => (on.value = list.matches)
  list.addEventListener('change', change)
  onBeforeUnmount(() => list.removeEventListener('change', change))
  return on
}
