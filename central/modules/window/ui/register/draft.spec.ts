import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { useDraft } from './draft'
import { sampleDraft } from './sample'
import type { Draft } from './types'

/** A centre that keeps one registration; answers when told. */
function centre(first: Draft) {
  let kept = first
  const bodies: { revision: number; agent?: unknown; form: Record<string, unknown> }[] = []
  const waiting: (() => void)[] = []
  vi.stubGlobal('fetch', (_: string, init: RequestInit = {}) => {
    const json = (d: unknown, status = 200) => new Response(JSON.stringify(d), { status, headers: { 'Content-Type': 'application/json' } })
    if (init.method !== 'PUT') return Promise.resolve(json(kept))
    const b = JSON.parse(String(init.body)) as (typeof bodies)[0]
    bodies.push(b)
    return new Promise<Response>((go) =>
      waiting.push(() => {
        if (b.revision !== kept.revision) return go(json({ code: 'window.draft_changed', detail: '改过' }, 409))
        kept = { ...kept, revision: kept.revision + 1, form: b.form }
        go(json(kept))
      }),
    )
  })
  return { bodies, answer: async () => (await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(0)), waiting.shift()!(), await new Promise((r) => setTimeout(r))), elsewhere: () => (kept = { ...kept, revision: kept.revision + 1 }) }
}
async function opened(d: Draft) {
  const c = centre(d)
  let use!: ReturnType<typeof useDraft>
  mount(defineComponent({ setup: () => ((use = useDraft('d1')), () => h('i')) }))
  await vi.waitFor(() => expect(use.draft.value).toBeTruthy())
  return { c, use }
}
afterEach(() => vi.unstubAllGlobals())

describe('自动保存', () => {
  it('keeps what is typed while an answer is on its way, and sends it after', async () => {
    const { c, use } = await opened(sampleDraft())
    const kept = use.edit((w) => (w.form = { name: '张' }), true)
    await vi.waitFor(() => expect(c.bodies).toHaveLength(1))
    void use.edit((w) => (w.form = { name: '张晓岚' }))
    await c.answer()
    expect(use.work.form).toEqual({ name: '张晓岚' })
    await c.answer()
    expect(await kept).toBe(true)
    expect(c.bodies.map((b) => [b.revision, b.form.name])).toEqual([[3, '张'], [4, '张晓岚']])
    expect(use.keeping.value).toBe('kept')
  })
  it('sends whoever came in the person’s place with every save', async () => {
    const agent = { name: '李*', id_number: 'x', way: 'typed' }
    const { c, use } = await opened(sampleDraft({ agent }))
    const kept = use.edit((w) => (w.signed = ['applicant']), true)
    await c.answer()
    await kept
    expect(c.bodies[0]!.agent).toEqual(agent)
  })
  it('brings a page again with its key when nobody answered, so that it is there once', async () => {
    const { use } = await opened(sampleDraft())
    const keys: string[] = []
    vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
      keys.push((init.headers as Record<string, string>)['Idempotency-Key']!)
      return keys.length === 1 ? Promise.reject(new TypeError('Failed to fetch')) : Promise.resolve(new Response(JSON.stringify(sampleDraft({ revision: 9 })), { status: 200, headers: { 'Content-Type': 'application/json' } }))
    })
    expect(await use.does('/materials/lease/pages', { method: 'POST', raw: new Blob(['x']) })).toBe(true)
    expect(keys).toHaveLength(2)
    expect(keys[1]).toBe(keys[0])
    expect(use.draft.value?.revision).toBe(9)
    expect(use.problem.value).toBeUndefined()
  })
  it('says an unanswered save again as it was, with its key, before what was typed since', async () => {
    const first = sampleDraft()
    const done = new Map<string, Draft>()
    const heard: [string, number, unknown][] = []
    let kept = first
    let lose = 2
    vi.stubGlobal('fetch', async (_: string, init: RequestInit = {}) => {
      const json = (d: unknown, status = 200) => new Response(JSON.stringify(d), { status, headers: { 'Content-Type': 'application/json' } })
      if (init.method !== 'PUT') return json(kept)
      const key = (init.headers as Record<string, string>)['Idempotency-Key']!
      const b = JSON.parse(String(init.body)) as { revision: number; form: Record<string, unknown> }
      heard.push([key, b.revision, b.form.name])
      if (!done.has(key)) {
        if (b.revision !== kept.revision) return json({ code: 'window.draft_changed', detail: '改过' }, 409)
        done.set(key, (kept = { ...kept, revision: kept.revision + 1, form: b.form }))
      }
      if (lose-- > 0) throw new TypeError('the answer is lost')
      return json(done.get(key))
    })
    let use!: ReturnType<typeof useDraft>
    mount(defineComponent({ setup: () => ((use = useDraft('d1')), () => h('i')) }))
    await vi.waitFor(() => expect(use.draft.value).toBeTruthy())
    expect(await use.edit((w) => (w.form = { name: '张' }), true)).toBe(false)
    expect(use.keeping.value).toBe('failed')
    void use.edit((w) => (w.form = { name: '张晓岚' }), true)
    await vi.waitFor(() => expect(heard).toHaveLength(2))
    await vi.waitFor(() => expect(use.keeping.value).toBe('failed'))
    window.dispatchEvent(new Event('online')) // by itself, without a press
    await vi.waitFor(() => expect(use.keeping.value).toBe('kept'))
    expect(heard.map((x) => x[2])).toEqual(['张', '张', '张', '张晓岚'])
    expect(new Set(heard.slice(0, 3).map((x) => x[0])).size).toBe(1)
    expect(kept.revision).toBe(first.revision + 2)
    expect(use.work.form).toEqual({ name: '张晓岚' })
  })
  it('stops and says so when somebody else changed it', async () => {
    const { c, use } = await opened(sampleDraft())
    c.elsewhere()
    const kept = use.edit((w) => (w.form = { name: '甲' }), true)
    await c.answer()
    expect(await kept).toBe(false)
    expect(use.keeping.value).toBe('conflict')
    expect(use.work.form).toEqual({ name: '甲' })
    expect(await use.edit((w) => (w.form = {}))).toBe(false)
  })
})
