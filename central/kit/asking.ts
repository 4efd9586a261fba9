import { onBeforeUnmount, ref, shallowRef, watch, type Ref } from 'vue'
import { ask } from './api'

export interface Asked<T> {
  data: Ref<T | undefined>
  problem: Ref<unknown>
  /** Nothing there yet and it takes longer than a second: the place where it will be is drawn. */
  slow: Ref<boolean>
  busy: Ref<boolean>
  load: () => Promise<void>
  /** Puts in place what a write answered, so that no second call is needed. */
  put: (value: T) => void
}

/**
 * What a page shows, as it follows its address (取数): asked again when the path changes, the newest answer wins, the old one stays
 * until then. "" asks nothing. With every (ms) it is asked again while the page is looked at.
 */
export function useAsk<T>(path: () => string, every = 0): Asked<T> {
  const data = shallowRef<T>()
  const problem = ref<unknown>()
  const slow = ref(false)
  const busy = ref(false)
  let asked = 0

  async function load() {
    const mine = ++asked
    const at = path()
    if (!at) {
      data.value = undefined
      problem.value = undefined
      return
    }
    busy.value = true
    const wait = window.setTimeout(() => (slow.value = mine === asked && !data.value), 1000)
    try {
      const got = await ask<T>(at)
      if (mine !== asked) return
      data.value = got
      problem.value = undefined
    } catch (e) {
      if (mine === asked) problem.value = e
    } finally {
      clearTimeout(wait)
      if (mine === asked) slow.value = busy.value = false
    }
  }
  function put(value: T) {
    asked++
    slow.value = busy.value = false
    data.value = value
    problem.value = undefined
  }
  watch(path, () => void load(), { immediate: true })

  const timer = every ? window.setInterval(() => document.visibilityState === 'visible' && void load(), every) : 0
  onBeforeUnmount(() => {
    asked++
    clearInterval(timer)
  })
  return { data, problem, slow, busy, load, put }
}

/** A path with its query; what is empty is left out. */
export function withQuery(path: string, query: Record<string, string | number | boolean | undefined>): string {
  const q = Object.entries(query)
    .filter(([, v]) => v !== undefined && v !== '' && v !== false)
    .map(([k, v]) => `${k}=${encodeURIComponent(String(v))}`)
  return q.length ? `${path}?${q.join('&')}` : path
}
