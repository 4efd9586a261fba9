import { describe, expect, it } from 'vitest'
import { bodyOf, codeIn, consequences, countsOf, missing, modes, newDraft, verbs, type Mode } from './ruling'
import type { Detail, Folder } from './types'

const task = { no: 'C1', version: 3, case_version: 7, acts: ['ask', 'forward', 'pause', 'resume', 'extend', 'decide'] } as unknown as Detail

describe('what may be done', () => {
  it('is what the task and the case both allow', () => {
    expect(modes(task, { acts: ['grant', 'deny', 'pause'] } as never)).toEqual(['grant', 'deny', 'forward', 'ask', 'pause'])
    expect(modes(task, undefined)).toEqual(['forward', 'ask'])
  })
  it('waits for what is missing', () => {
    const d = newDraft()
    expect(missing('grant', d, undefined, 2)).toContain('2 个')
    expect(missing('grant', d)).toBe('')
    expect(missing('deny', d)).toContain('8 个字')
    expect(missing('extend', { ...d, reason: '要再核一遍现场情况' })).toContain('负责人')
    expect(missing('pause', { ...d, reason: '送区检测所检测样品' })).toBe('')
  })
  it('says for every way what follows', () => {
    for (const m of Object.keys(verbs) as Mode[]) expect(consequences(m, newDraft()).length).toBeGreaterThan(0)
  })
  it('sends both versions with a decision', () => {
    expect(bodyOf('pause', task, { ...newDraft(), reason: '送检' })).toEqual({ path: '/tasks/C1/decide', body: { act: 'pause', version: 3, case_version: 7, reason: '送检', reason_code: 'testing', days: 5 } })
  })
})

it('counts what was ticked and leaves out what the case does not need', () => {
  const f = { papers: [{ ord: 1, wanted: 2, state: 'expected' }, { ord: 2, wanted: 1, state: 'absent' }, { ord: 3, wanted: 1, state: 'expected' }] } as unknown as Folder
  expect(countsOf(f, new Set([1]))).toEqual([{ ord: 1, got: 2 }, { ord: 3, got: 0 }])
})

it('finds the code of a folder in what a scanner types', () => {
  expect(codeIn('https://example.invalid/console/#/desk/folders?at=f26-0012')).toBe('F26-0012')
  expect(codeIn(' MY261126-001-0001-1 ')).toBe('MY261126-001-0001-1')
})
