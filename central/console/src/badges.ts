import { soon } from '@kiosk/kit/soon'
import { onBeforeUnmount, onMounted, reactive } from 'vue'
import { modules } from './modules'
import { may } from './session'

/** Numbers on the rail (待办数), fresh after every burst of events. */
export function useBadges() {
  const badges = reactive<Record<string, number>>({})
  const count = async () => {
    for (const m of modules) if (m.badges && m.pages.some((p) => may(p.permission))) Object.assign(badges, await m.badges().catch(() => ({})))
  }
  const { later, stop } = soon(count, 400, 30_000)
  void count()

  onMounted(() => window.addEventListener('case-moved', later))
  onBeforeUnmount(() => {
    stop()
    window.removeEventListener('case-moved', later)
  })
  return badges
}
