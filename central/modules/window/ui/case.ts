import { ask, Problem } from '@kiosk/kit/api'
import { onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'
import type { Case } from './types'

/** One case on the screen (办件): what it is, and whether somebody else has moved it meanwhile. */
export function useCase(no: Ref<string>) {
  const item = ref<Case>()
  const problem = ref<Problem>()
  const moved = ref(false)
  /** An act of this window is under way: its own event is no news. */
  const acting = ref(false)

  async function load() {
    const mine = no.value
    try {
      const got = await ask<Case>('/api/staff/v1/window/cases/' + mine)
      if (mine !== no.value) return
      item.value = got
      problem.value = undefined
      moved.value = false
    } catch (e) {
      if (mine === no.value) problem.value = e instanceof Problem ? e : new Problem(0, 'page', '页面出错了，请刷新')
    }
  }

  function onMoved(e: Event) {
    const d = (e as CustomEvent<{ no: string; state: string }>).detail
    if (d.no === no.value && item.value && d.state !== item.value.state && !acting.value) moved.value = true
  }
  onMounted(() => window.addEventListener('case-moved', onMoved))
  onBeforeUnmount(() => window.removeEventListener('case-moved', onMoved))
  watch(
    no,
    () => {
      item.value = problem.value = undefined
      moved.value = acting.value = false
      void load()
    },
    { immediate: true },
  )
  return { item, problem, moved, acting, load }
}
