import { ask } from '@kiosk/kit/api'
import { soon } from '@kiosk/kit/soon'
import { computed, onBeforeUnmount, onMounted, ref, watch } from 'vue'
import { useRoute } from 'vue-router'
import { landing, leave, placeOf } from './place'
import type { Inbox } from './types'

export const pageSize = 50
const burst = 250 // ms in which arrivals are one

/** The list on the screen (清单): what is asked for, what came, what is current. Live updates never move the current row. */
export function useInbox() {
  const route = useRoute()
  const inbox = ref<Inbox>()
  const problem = ref<unknown>()
  const slow = ref(false)
  const current = ref('')
  const fresh = ref(new Set<string>())

  const q = computed(() => String(route.query.q ?? ''))
  const page = computed(() => Number(route.query.page ?? 1))
  const tab = computed(() => (route.query.tab ? String(route.query.tab) : ({ '/window/running': 'accepted', '/window/closed': 'closed' }[route.path] ?? 'todo')))
  const list = computed(() => [tab.value, q.value, page.value].join('|'))
  const index = computed(() => inbox.value?.rows.findIndex((r) => r.no === current.value) ?? -1)

  let asked = 0
  let was = -1 // index of the current row, kept when the row itself leaves the list
  async function load() {
    const mine = ++asked
    const wait = window.setTimeout(() => (slow.value = !inbox.value), 1000)
    try {
      const path = `/api/staff/v1/window/inbox?tab=${tab.value}&q=${encodeURIComponent(q.value)}&page=${page.value}&size=${pageSize}`
      const got = await ask<Inbox>(path)
      if (mine !== asked) return
      current.value = landing(got.rows, current.value ? { no: current.value, index: was } : placeOf(list.value))
      inbox.value = got
      problem.value = undefined
    } catch (e) {
      if (mine === asked) problem.value = e
    } finally {
      clearTimeout(wait)
      if (mine === asked) slow.value = false
    }
  }
  watch(index, (i) => (was = i >= 0 ? i : was))

  const { later, stop } = soon(load, burst)
  function onMoved(e: Event) {
    const { no, topic } = (e as CustomEvent<{ no: string; topic: string }>).detail
    if (topic === 'window.received') fresh.value = new Set([...fresh.value, no])
    later()
  }
  const onLink = (e: Event) => (e as CustomEvent<string>).detail === 'up' && later()

  onMounted(() => {
    window.addEventListener('case-moved', onMoved)
    window.addEventListener('live-link', onLink)
  })
  onBeforeUnmount(() => {
    stop()
    window.removeEventListener('case-moved', onMoved)
    window.removeEventListener('live-link', onLink)
  })
  watch(
    list,
    () => {
      inbox.value = undefined
      current.value = ''
      void load()
    },
    { immediate: true },
  )
  const keep = (scroll: number) => leave(list.value, { no: current.value, index: was, scroll })
  return { inbox, problem, slow, current, fresh, tab, q, page, list, index, load, keep }
}
