import { ask, newKey, Problem, silent } from '@kiosk/kit/api'
import { computed, onBeforeUnmount, reactive, ref, shallowRef } from 'vue'
import type { Draft, Source } from './types'

/** What the clerk changes; the centre answers with everything that follows from it. */
export interface Work {
  answers: Record<string, string>
  form: Record<string, unknown>
  /** shared: the applicant's own doing, never said in the clerk's name; were it, a revoked consent would live on. */
  materials: Record<string, { source: Source; ref: string; note: string; original_seen: boolean; shared?: boolean }>
  signed: string[]
  ticks: Record<string, { ok: boolean; note: string }>
}

export type Keeping = 'kept' | 'open' | 'saving' | 'failed' | 'conflict'

const pause = 500 // ms after the last stroke
const again = 4000 // ms until a save that nobody answered is said again
const mostTries = 4
const base = '/api/staff/v1/window/registrations/'

/**
 * One registration on the screen (登记): saved by itself, one save at a time, so that what the clerk types is never lost and never
 * overtaken. Somebody else's change is said, and nothing is overwritten.
 */
export function useDraft(id: string) {
  const draft = shallowRef<Draft>()
  const work = reactive<Work>({ answers: {}, form: {}, materials: {}, signed: [], ticks: {} })
  const problem = ref<unknown>()
  const keeping = ref<Keeping>('kept')
  let edits = 0
  let saved = 0
  let timer = 0
  let flight: Promise<void> | undefined
  let gone = false
  // What was sent and not answered: it may have arrived. It is said again as it was, with its key, before anything newer; else the
  // centre's own newer revision would look like somebody else's change.
  let unanswered: { body: ReturnType<typeof body>; key: string; upto: number } | undefined

  /** Takes an answer of the centre; what was changed here meanwhile stays. */
  function take(d: Draft, upto = edits) {
    draft.value = d
    if (upto !== edits) return
    work.answers = { ...d.answers }
    work.form = { ...d.form }
    work.materials = Object.fromEntries(d.materials.map((m) => [m.code, { source: m.source, ref: m.ref, note: m.source_note, original_seen: m.original_seen, shared: m.shared }]))
    work.signed = d.signers.filter((s) => s.signed === 'paper').map((s) => s.role)
    work.ticks = Object.fromEntries(d.review.points.filter((p) => p.judged).map((p) => [p.id, { ok: p.ok, note: p.note }]))
  }

  async function load() {
    try {
      take(await ask<Draft>(base + id))
      saved = edits
      keeping.value = 'kept'
      problem.value = undefined
    } catch (e) {
      problem.value = e
    }
  }

  const body = () => ({
    revision: draft.value!.revision,
    // Who came in the person's place is part of the whole: left out, it would be gone.
    ...(draft.value!.agent ? { agent: draft.value!.agent } : {}),
    answers: work.answers,
    form: work.form,
    materials: Object.entries(work.materials)
      .filter(([, m]) => m.source && m.source !== 'exempt' && !m.shared)
      .map(([code, m]) => ({ code, source: m.source, ref: m.ref, note: m.note, original_seen: m.original_seen })),
    signed: work.signed,
    ticks: Object.entries(work.ticks).map(([point, t]) => ({ point, ok: t.ok, note: t.note })),
  })

  async function save() {
    while (saved !== edits && !gone && draft.value) {
      const say = unanswered ?? { body: JSON.parse(JSON.stringify(body())) as ReturnType<typeof body>, key: newKey(), upto: edits } // as it is now, whatever is typed meanwhile
      const { upto } = say
      keeping.value = 'saving'
      try {
        const d = await ask<Draft>(base + id, { method: 'PUT', body: say.body, key: say.key })
        unanswered = undefined
        saved = upto
        take(d, upto)
        problem.value = undefined
        keeping.value = saved === edits ? 'kept' : 'open'
      } catch (e) {
        const lost = silent(e)
        unanswered = lost ? say : undefined
        problem.value = lost ? new Problem(0, 'network', '连不上中心。您写的都还在这一页上，可以接着填，网一通就自动存上；先别关这一页') : e
        keeping.value = e instanceof Problem && e.status === 409 ? 'conflict' : 'failed'
        if (lost && !gone) timer = window.setTimeout(() => void flush(), again)
        return
      }
    }
  }

  /** Sends what is open now and waits for it; true when everything is kept. */
  async function flush(): Promise<boolean> {
    clearTimeout(timer)
    while (flight) await flight
    if (saved !== edits) {
      flight = save().finally(() => (flight = undefined))
      await flight
    }
    return keeping.value === 'kept'
  }

  /** Something was changed here. now: the answer changes what is on the screen, so it is not waited for. */
  function edit(change: (w: Work) => void, now = false): Promise<boolean> {
    if (keeping.value === 'conflict') return Promise.resolve(false)
    change(work)
    edits++
    keeping.value = 'open'
    clearTimeout(timer)
    if (now) return flush()
    timer = window.setTimeout(() => void flush(), pause)
    return Promise.resolve(true)
  }

  /**
   * The applicant's phone put something in. It is taken at once; what is being typed here stays and is kept on top of it, since the
   * two write different things.
   */
  async function refresh() {
    while (flight) await flight
    try {
      const upto = saved
      const d = await ask<Draft>(base + id)
      if (draft.value && d.revision > draft.value.revision) take(d, upto)
    } catch {
      // the next save says it
    }
  }

  /** An act on the draft that answers with all of it: a page added, a page removed, a signature. What nobody answered is said again
   *  with its key: it may have arrived, and a page must not be there twice. */
  async function does(path: string, call: { method: 'POST' | 'DELETE'; raw?: Blob; body?: unknown }): Promise<boolean> {
    if (!(await flush())) return false
    const key = newKey()
    for (let tries = 1; ; tries++) {
      try {
        take(await ask<Draft>(base + id + path, { ...call, key }))
        problem.value = undefined
        return true
      } catch (e) {
        problem.value = e
        if (!silent(e) || tries === mostTries || gone) return false
      }
      await new Promise((r) => setTimeout(r, again / 2))
    }
  }

  void load()
  const back = () => void (unanswered && flush())
  window.addEventListener('online', back)
  onBeforeUnmount(() => {
    window.removeEventListener('online', back)
    void flush().finally(() => {
      gone = true
      clearTimeout(timer)
    })
  })
  const words = computed(() => ({ kept: '已存', open: '在存', saving: '在存', failed: '还没存上', conflict: '别人改过这一件' })[keeping.value])
  return { draft, work, problem, keeping, words, load, refresh, edit, flush, does }
}
