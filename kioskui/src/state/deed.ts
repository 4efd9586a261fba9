import { ref, type Ref } from 'vue'
import type { Calls, StateCall } from '../api/client'
import { asRefusal, Refusal } from '../api/problem'
import type { State } from '../gen/screen'
import { act } from './session'

export interface Deed {
  busy: Ref<string> // name of the call under way, '' = none
  problem: Ref<Refusal | undefined>
  run: <N extends StateCall>(name: N, body: Calls[N][0]) => Promise<State | undefined>
  guard: <T>(name: string, work: () => Promise<T>) => Promise<T | undefined>
}

/**
 * One deed at a time per screen (操作): while it runs further presses do nothing, and a refusal becomes words on the screen
 * instead of an exception.
 */
export function useDeed(): Deed {
  const busy = ref('')
  const problem = ref<Refusal>()

  async function guard<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
    if (busy.value) return undefined
    busy.value = name
    problem.value = undefined
    try {
      return await work()
    } catch (cause) {
      problem.value = asRefusal(cause)
      return undefined
    } finally {
      busy.value = ''
    }
  }
  return { busy, problem, guard, run: (name, body) => guard(name, () => act(name, body)) }
}
