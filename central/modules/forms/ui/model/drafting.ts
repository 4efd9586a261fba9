import { newKey, Problem } from '@kiosk/kit/api'
import { onBeforeUnmount, ref, shallowRef } from 'vue'
import { save as saveCall, show, showDraft, start as startCall, withdraw as withdrawCall } from '../api'
import type { Design, Draft, DraftInfo, Fault, VersionRow } from '../types'
import type { Outcome } from './design'
import { unbound } from './fields'
import { useHistory } from './history'

// A form on its way (草稿): loaded, changed, saved by itself a moment after the last change. Somebody else's save is never overwritten
// without being asked.

export type Saving = 'saved' | 'dirty' | 'saving' | 'failed' | 'conflict'
const calm = 900 // ms without a change before it is saved
const again = 5000

const nothing: Design = { id: '', version: 0, title: '', schema: { properties: {} }, screens: [], paper: { size: 'A4', margin: { top: 18, right: 20, bottom: 18, left: 20 }, pages: 1, blocks: [] } }
/** As the designer works with it: no list is missing. */
export const opened = (d: Design): Design => unbound({ ...d, screens: (d.screens ?? []).map((g) => ({ ...g, fields: g.fields ?? [] })), schema: { ...d.schema, properties: d.schema?.properties ?? {} }, paper: { ...d.paper, blocks: d.paper.blocks ?? [], pages: d.paper.pages || 1 } })

export function useDrafting(id: string) {
  const history = useHistory(nothing)
  const info = shallowRef<DraftInfo>()
  const versions = shallowRef<VersionRow[]>([])
  const faults = shallowRef<Fault[]>([])
  const saving = ref<Saving>('saved')
  const ready = ref(false)
  const problem = ref<unknown>()
  let timer = 0
  let kept: Design = nothing
  let key = ''
  let tried: Design | undefined
  let running: Promise<void> | undefined

  function take(d: Draft) {
    info.value = { rev: d.rev, state: d.state, base: d.base, by: d.by, at: d.at, note: d.note }
    faults.value = d.faults ?? []
  }
  function begin(d: Draft) {
    take(d)
    kept = opened(d.design)
    history.reset(kept)
    saving.value = 'saved'
    problem.value = undefined
  }
  async function load() {
    problem.value = undefined
    try {
      const got = await show(id)
      versions.value = got.versions ?? []
      if (got.draft) begin(await showDraft(id))
      else {
        info.value = undefined
        faults.value = []
        kept = opened(got.design)
        history.reset(kept)
        saving.value = 'saved'
      }
      ready.value = true
    } catch (e) {
      problem.value = e
    }
  }
  async function start() {
    try {
      begin(await startCall(id))
    } catch (e) {
      problem.value = e
    }
  }

  async function withdraw() {
    try {
      if (info.value) begin(await withdrawCall(id, info.value.rev, newKey()))
    } catch (e) {
      problem.value = e
    }
  }

  function later(ms = calm) {
    clearTimeout(timer)
    timer = window.setTimeout(() => void save(), ms)
  }
  function changed() {
    if (saving.value !== 'conflict') saving.value = 'dirty'
    later()
  }
  function act(o: Outcome, kind = '') {
    if (o.design === history.design.value) return
    history.push(o, kind)
    changed()
  }

  /** Saves what is on the screen; one call at a time, what changed meanwhile follows. */
  async function save(): Promise<void> {
    clearTimeout(timer)
    if (running) return running.then(() => save())
    const design = history.design.value
    if (!info.value || saving.value === 'conflict' || design === kept) {
      if (design === kept && saving.value === 'dirty') saving.value = 'saved'
      return
    }
    if (tried !== design) key = newKey() // the same save that is tried again is the same save
    tried = design
    saving.value = 'saving'
    running = (async () => {
      try {
        take(await saveCall(id, info.value!.rev, design, key))
        kept = design
        const more = history.design.value !== design
        saving.value = more ? 'dirty' : 'saved'
        if (more) later()
        else problem.value = undefined
      } catch (e) {
        const p = e instanceof Problem ? e : undefined
        saving.value = p?.status === 409 ? 'conflict' : 'failed'
        problem.value = e
        if (!p || p.status === 0 || p.status >= 500) later(again)
      } finally {
        running = undefined
      }
    })()
    await running
  }

  /** After a conflict: theirs is taken, or mine is put over it. */
  async function takeTheirs() {
    await load()
  }
  async function keepMine() {
    try {
      const theirs = await showDraft(id)
      take(theirs)
      kept = nothing
      saving.value = 'dirty'
      await save()
    } catch (e) {
      problem.value = e
    }
  }
  const leave = (e: BeforeUnloadEvent) => {
    if (saving.value === 'saved') return
    void save()
    e.preventDefault()
  }
  window.addEventListener('beforeunload', leave)
  onBeforeUnmount(() => {
    window.removeEventListener('beforeunload', leave)
    if (saving.value === 'dirty') void save()
    clearTimeout(timer)
  })
  void load()

  return {
    history, design: history.design, info, versions, faults, saving, problem, ready, load, start, withdraw, act, save, takeTheirs, keepMine, begin,
    undo: () => {
      const gone = history.undo()
      if (gone) changed()
      return gone
    },
    redo: () => {
      const done = history.redo()
      if (done) changed()
      return done
    },
  }
}

export type Drafting = ReturnType<typeof useDrafting>
