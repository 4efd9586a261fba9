import { soon } from '@kiosk/kit/soon'
import { onBeforeUnmount, onMounted, reactive, watch } from 'vue'
import { useRoute } from 'vue-router'
import { modules } from './modules'
import { may } from './session'

/** Numbers on the rail (待办数): they follow the news within seconds, and at once when one goes to another page, as after an act of one's own. */
export function useBadges() {
  const badges = reactive<Record<string, number>>({})
  const count = async () => {
    for (const m of modules) if (m.badges && m.pages.some((p) => may(p.permission))) Object.assign(badges, await m.badges().catch(() => ({})))
  }
  const { later, hurry, stop } = soon(count, 5000, 60_000, 12) // each module is asked: the dearest of what follows the news
  const route = useRoute()
  watch(() => route.path, hurry)
  void count()

  onMounted(() => window.addEventListener('case-moved', later))
  onBeforeUnmount(() => {
    stop()
    window.removeEventListener('case-moved', later)
  })
  return badges
}
