import { onBeforeUnmount, onMounted, reactive } from 'vue'
import { modules } from './modules'
import { may } from './session'

/** Numbers on the rail (待办数), fresh after every burst of events. */
export function useBadges() {
  const badges = reactive<Record<string, number>>({})
  let timer = 0

  const count = async () => {
    timer = 0
    for (const m of modules) if (m.badges && m.pages.some((p) => may(p.permission))) Object.assign(badges, await m.badges().catch(() => ({})))
  }
  const later = () => {
    timer ||= window.setTimeout(() => void count(), 400)
  }
  void count()

  onMounted(() => window.addEventListener('case-moved', later))
  onBeforeUnmount(() => {
    clearTimeout(timer)
    window.removeEventListener('case-moved', later)
  })
  return badges
}
