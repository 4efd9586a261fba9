import { computed, shallowRef } from 'vue'
import type { Design } from '../types'
import type { Outcome, Selection } from './design'

interface Step {
  design: Design
  at: Selection | undefined
  words: string
  /** Acts of one kind in a row, such as ten nudges or one long drag, are one step back. */
  kind: string
  when: number
}

const keep = 200
const together = 800 // ms between acts of one kind that count as one

/** What was done, what can be taken back (撤销、重做). */
export function useHistory(first: Design, now: () => number = Date.now) {
  const past = shallowRef<Step[]>([{ design: first, at: undefined, words: '', kind: '', when: 0 }])
  const future = shallowRef<Step[]>([])
  const top = computed(() => past.value[past.value.length - 1]!)
  const design = computed(() => top.value.design)

  function push(o: Outcome, kind = '') {
    if (o.design === design.value) return
    const step: Step = { design: o.design, at: o.at, words: o.words, kind, when: now() }
    const joins = kind && top.value.kind === kind && (kind.startsWith('drag') || step.when - top.value.when < together) && past.value.length > 1
    past.value = [...past.value.slice(0, joins ? -1 : undefined), step].slice(-keep)
    future.value = []
  }
  function undo(): Step | undefined {
    if (past.value.length < 2) return undefined
    const gone = top.value
    past.value = past.value.slice(0, -1)
    future.value = [...future.value, gone]
    return gone
  }
  function redo(): Step | undefined {
    const again = future.value[future.value.length - 1]
    if (!again) return undefined
    future.value = future.value.slice(0, -1)
    past.value = [...past.value, again]
    return again
  }
  /** Begins anew, as when somebody else's version is taken over. */
  function reset(d: Design) {
    past.value = [{ design: d, at: undefined, words: '', kind: '', when: 0 }]
    future.value = []
  }
  return { design, push, undo, redo, reset, canUndo: computed(() => past.value.length > 1), canRedo: computed(() => future.value.length > 0), next: computed(() => past.value[past.value.length - 1]!.words) }
}

export type History = ReturnType<typeof useHistory>
