import { onBeforeUnmount, reactive, ref } from 'vue'
import { modules } from './modules'

/** Numbers on the rail (待办数), fresh after every event; link tells whether live updates come. */
export function useBadges() {
  const badges = reactive<Record<string, number>>({})
  const link = ref<'up' | 'down'>('up')

  const count = async () => {
    for (const m of modules) if (m.badges) Object.assign(badges, await m.badges().catch(() => ({})))
  }
  void count()

  const onMoved = () => void count()
  const onLink = (e: Event) => (link.value = (e as CustomEvent<'up' | 'down'>).detail)
  window.addEventListener('case-moved', onMoved)
  window.addEventListener('live-link', onLink)
  onBeforeUnmount(() => {
    window.removeEventListener('case-moved', onMoved)
    window.removeEventListener('live-link', onLink)
  })
  return { badges, link }
}
