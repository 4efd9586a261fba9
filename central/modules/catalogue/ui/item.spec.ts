// @vitest-environment jsdom
import { mount } from '@vue/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import { computed, nextTick, ref } from 'vue'
import { useItem, type Item } from './item'

// A draft that is kept while somebody writes on (编制中的事项).
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('what is kept stays on the screen, and so do the steps back', async () => {
  vi.useFakeTimers()
  const draft = { base: 1, revision: 1, acts: ['save'], effective: '', saved_at: '', findings: [], changes: [], comments: [] }
  const entry = { name: '居住证签注', questions: [], materials: [], points: [], signers: [], form: { groups: [] } }
  const sent: { revision: number; entry: { name: string } }[] = []
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    if (!path.endsWith('/draft/save')) return answer({ code: 'jzz', acts: [], versions: [], entry, draft: { ...draft, entry } })
    sent.push(JSON.parse(String(init?.body)) as (typeof sent)[number])
    return answer({ ...draft, revision: 1 + sent.length })
  })
  let item!: Item
  mount({ setup: () => ((item = useItem(computed(() => ref('jzz').value))), () => null) })
  await vi.waitFor(() => expect(item.entry.value?.name).toBe('居住证签注'))

  item.entry.value!.name = '居住证签注（改）'
  await nextTick()
  await vi.advanceTimersByTimeAsync(800)
  await vi.waitFor(() => expect(item.keeping.value).toBe('kept'))
  await nextTick()
  expect(item.entry.value!.name).toBe('居住证签注（改）')

  item.entry.value!.name = '居住证签注（再改）'
  await nextTick()
  await vi.advanceTimersByTimeAsync(800)
  await vi.waitFor(() => expect(sent.map((s) => [s.revision, s.entry.name])).toEqual([[1, '居住证签注（改）'], [2, '居住证签注（再改）']]))
  await vi.waitFor(() => expect(item.keeping.value).toBe('kept'))
  item.undo()
  expect(item.entry.value!.name).toBe('居住证签注（改）')
})

const answer = (body: object) => new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } })
