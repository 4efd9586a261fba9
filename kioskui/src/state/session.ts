import { computed, ref, shallowRef } from 'vue'
import { call, type Calls, type StateCall, state as askState } from '../api/client'
import { follow } from '../api/events'
import { forgetKeys } from '../api/key'
import { asRefusal } from '../api/problem'
import type { Prefs, State } from '../gen/screen'

/**
 * The agent's state as it was last heard (会话): the only store of the page. It is replaced whole, never patched, and what
 * an older answer says is dropped by its revision, so a slow answer cannot bring back a visit that has ended.
 */
const current = shallowRef<State>()
const up = ref(false)
/** Epoch milliseconds of the last change, so that a countdown runs on between two states. */
const heard = ref(0)

export const session = {
  state: current,
  up,
  heard,
  visit: computed(() => current.value?.visit),
  visitId: computed(() => current.value?.visit?.id ?? ''),
  matter: computed(() => current.value?.visit?.matter),
  person: computed(() => {
    const p = current.value?.visit?.person
    return p?.confirmed ? p : undefined
  }),
  prefs: computed<Prefs>(() => current.value?.visit?.prefs ?? standard),
  online: computed(() => current.value?.link.online ?? true),
}

export const standard: Prefs = { elderly: false, contrast: false, low_reach: false, speech: false, language: 'zh-CN' }

/** Takes a state unless a newer one is here. An agent that restarted counts from the start again: its terminal says so by a lower clock-free rev and another visit. */
export function take(next: State, fresh = false): void {
  const old = current.value
  if (old && !fresh && next.rev < old.rev) return
  if (old?.visit && old.visit.id !== next.visit?.id) forgetKeys()
  current.value = next
  heard.value = Date.now()
}

/** Opens the stream; the first state after a break counts even when its revision is lower, because the agent restarted. */
export function connect(): () => void {
  let afterBreak = true
  return follow(
    (s) => {
      take(s, afterBreak)
      afterBreak = false
    },
    (isUp) => {
      if (!isUp) afterBreak = true
      up.value = isUp
    },
  )
}

/** One deed that answers with the state. */
export async function act<N extends StateCall>(name: N, body: Calls[N][0]): Promise<State> {
  try {
    const next = await call(name, body, session.visitId.value)
    take(next as State)
    return next as State
  } catch (cause) {
    const refusal = asRefusal(cause)
    if (refusal.code === 'screen.visit_over') take(await askState(), true)
    throw refusal
  }
}
