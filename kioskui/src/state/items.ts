import { ref, watch, type Ref } from 'vue'
import { items, type ItemsQuery } from '../api/client'
import { asRefusal, Refusal } from '../api/problem'
import type { Items } from '../gen/screen'
import { session } from './session'

export interface Found {
  result: Ref<Items | undefined>
  problem: Ref<Refusal | undefined>
  load: () => Promise<void>
}

/** A list of items (事项); asked again when devices or network change, since what can be done here is computed from them. */
export function useItems(query: () => ItemsQuery): Found {
  const result = ref<Items>()
  const problem = ref<Refusal>()
  let asked = 0

  async function load(): Promise<void> {
    const mine = ++asked
    try {
      const answer = await items(query())
      if (mine !== asked) return
      result.value = answer
      problem.value = undefined
    } catch (cause) {
      if (mine === asked) problem.value = asRefusal(cause)
    }
  }
  const able = (): string =>
    JSON.stringify([query(), session.online.value, (session.state.value?.abilities ?? []).map((a) => a.kind + a.state)])
  watch(able, load, { immediate: true })
  return { result, problem, load }
}
