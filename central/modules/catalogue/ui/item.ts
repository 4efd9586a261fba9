import { ask, newKey, Problem } from '@kiosk/kit/api'
import { useAsk } from '@kiosk/kit/asking'
import { may } from '@kiosk/kit/who'
import { computed, nextTick, onBeforeUnmount, onMounted, reactive, ref, watch, type Ref } from 'vue'
import { api } from './api'
import { setAt, valueAt } from './entry'
import type { Detail, Draft, Entry, Mode } from './types'

const pause = 700 // ms without a key before what was written is kept
const deep = 60 // steps that can be taken back

export type Keeping = 'kept' | 'waiting' | 'keeping' | 'failed' | 'other'

/**
 * One item on the desk (编制中的事项): a working copy that is kept by itself, what can be taken back, and what the centre says of it.
 * Whoever saved in between is told apart, never written over.
 */
export function useItem(code: Ref<string>) {
  const { data: detail, problem, slow, load, put } = useAsk<Detail>(() => `${api}/items/${encodeURIComponent(code.value)}`)
  const entry = ref<Entry>()
  const keeping = ref<Keeping>('kept')
  const keepProblem = ref<unknown>()
  const effective = ref('')
  const draft = computed(() => detail.value?.draft)
  /** The number the draft will have. */
  const version = computed(() => Math.max(0, ...(detail.value?.versions ?? []).map((v) => v.version)) + 1)
  const can = (act: string) => !!draft.value?.acts.includes(act)
  const mode = computed<Mode>(() => (can('save') ? 'edit' : can('comment') ? 'review' : 'read'))
  const past = reactive<string[]>([])
  const ahead = reactive<string[]>([])
  let kept = '' // as the centre has it
  let last = '' // as it was before the present burst of keys
  let timer = 0
  let key = newKey()
  let running: Promise<void> | undefined

  function take(d: Detail | undefined) {
    if (!d) return
    entry.value = structuredClone(d.draft?.entry ?? d.entry)
    lists(entry.value)
    effective.value = d.draft?.effective ?? ''
    kept = last = text()
    past.splice(0)
    ahead.splice(0)
    keeping.value = 'kept'
  }
  let own: Detail | undefined // what a save of mine put in place: the screen is ahead of it already
  watch(detail, (d, before) => {
    if (d && d === own) return
    const same = before && d?.draft && before.code === d.code && before.draft?.base === d.draft.base
    if (!same || keeping.value === 'kept') take(d)
  })
  const text = () => JSON.stringify([entry.value, effective.value])

  watch([entry, effective], () => {
    if (!entry.value || mode.value !== 'edit') return
    const now = text()
    if (now === last) return
    if (keeping.value === 'kept') remember(last)
    if (keeping.value !== 'other') keeping.value = 'waiting'
    ahead.splice(0)
    last = now
    clearTimeout(timer)
    timer = window.setTimeout(() => void keep(), pause)
  }, { deep: true })

  function remember(state: string) {
    past.push(state)
    if (past.length > deep) past.shift()
  }
  function back(from: string[], to: string[]) {
    const state = from.pop()
    if (!state) return
    to.push(text())
    const [e, day] = JSON.parse(state) as [Entry, string]
    last = state // not a change of its own to remember
    entry.value = e
    effective.value = day
    keeping.value = 'waiting'
    clearTimeout(timer)
    timer = window.setTimeout(() => void keep(), pause)
  }

  /** Keeps what is on the screen. Resolves when there is nothing left to keep. */
  async function keep(): Promise<void> {
    clearTimeout(timer)
    if (running) {
      await running
      return keep()
    }
    if (!draft.value || mode.value !== 'edit' || keeping.value === 'other' || text() === kept) return
    running = send()
    await running
  }
  async function send() {
    const sent = text()
    keeping.value = 'keeping'
    try {
      const d = await ask<Draft>(`${api}/items/${code.value}/draft/save`, { method: 'POST', key, body: { revision: draft.value!.revision, entry: entry.value, effective: effective.value } })
      key = newKey()
      kept = sent
      keepProblem.value = undefined
      keeping.value = text() === sent ? 'kept' : 'waiting'
      if (detail.value) put((own = { ...detail.value, draft: { ...d, entry: (JSON.parse(sent) as [Entry, string])[0] } }))
      if (keeping.value === 'waiting') timer = window.setTimeout(() => void keep(), pause)
    } catch (e) {
      keeping.value = e instanceof Problem && e.status === 409 ? 'other' : 'failed'
      keepProblem.value = e
      if (e instanceof Problem && e.status) key = newKey()
    } finally {
      running = undefined
    }
  }

  /** After somebody else saved: theirs, or mine over theirs. */
  async function settle(mine: boolean) {
    const d = await ask<Detail>(`${api}/items/${code.value}`)
    keeping.value = mine ? 'waiting' : 'kept'
    keepProblem.value = undefined
    if (!mine) kept = text()
    put(d)
    if (!mine) return take(d)
    await nextTick()
    await keep()
  }

  /** An act on the draft; what was written is kept first. */
  async function act(name: string, body: object = {}, idempotency = newKey()) {
    await keep()
    if (keeping.value === 'other' || keeping.value === 'failed') throw keepProblem.value
    await ask(`${api}/items/${code.value}/draft/${name}`, { method: 'POST', key: idempotency, body: { revision: draft.value?.revision ?? 0, ...body } })
    await load()
  }

  const leave = (e: BeforeUnloadEvent) => {
    if (keeping.value !== 'kept') e.preventDefault()
  }
  onMounted(() => window.addEventListener('beforeunload', leave))
  onBeforeUnmount(() => {
    window.removeEventListener('beforeunload', leave)
    void keep()
  })
  return {
    detail, draft, version, entry, effective, mode, problem, slow, load, can, act, keep, keeping, keepProblem, settle, put,
    mayStart: computed(() => !draft.value && !!detail.value?.acts.includes('draft') && may('catalogue:item.edit')),
    undo: () => back(past, ahead), redo: () => back(ahead, past),
    undoable: computed(() => past.length > 0), redoable: computed(() => ahead.length > 0),
    valueAt: (path: string) => (entry.value ? valueAt(entry.value, path) : undefined),
    setAt: (path: string, v: unknown) => entry.value && setAt(entry.value, path, v),
  }
}

/** Lists that the page adds to are there from the start; null is what an old document says for none. */
function lists(e: Entry) {
  e.questions ??= []
  e.materials ??= []
  e.points ??= []
  e.signers ??= []
  e.law ??= []
  e.steps ??= []
  e.fees ??= []
  e.faq ??= []
  e.papers ??= []
  for (const q of e.questions) q.options ??= []
  if (e.smart) {
    e.smart.conditions ??= []
    e.smart.elements ??= []
    e.smart.rules ??= []
    e.smart.shares ??= []
  }
}
export type Item = ReturnType<typeof useItem>
