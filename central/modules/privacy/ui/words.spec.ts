import { describe, expect, it } from 'vitest'
import { dueWords, keepFor, keysAnswer, runWords } from './words'
import type { KeyRow, Keys, Run } from './types'

describe('how long things are kept', () => {
  it.each([[30, '30 天'], [365, '1 年'], [1095, '3 年'], [540, '18 个月'], [400, '400 天']])('%s days are %s', (d, words) => expect(keepFor(d)).toBe(words))
})

describe('runs', () => {
  const counts = [{ rule: 'drafts', title: '草稿', rows: 3 }, { rule: 'codes', title: '验证码', rows: 0 }]
  it.each([
    [{ dry: true, state: 'done', counts }, '现在执行会删 3 条：草稿 3'],
    [{ dry: false, state: 'done', counts }, '删了 3 条：草稿 3'],
    [{ dry: true, state: 'done', counts: [] }, '现在执行，没有到期的'],
    [{ dry: false, state: 'failed', counts }, '没有做完，会自动再做'],
  ] as [Pick<Run, 'dry' | 'state' | 'counts'>, string][])('%j', (r, words) => expect(runWords(r)).toBe(words))
})

describe('a request and its limit', () => {
  const r = (state: string, days_left: number) => dueWords({ state, state_text: '办理中', days_left })
  it('has time', () => expect(r('taken', 9)).toEqual({ tone: 'open', word: '办理中，余 9 日' }))
  it('is near its end', () => expect(r('taken', 0)).toEqual({ tone: 'warn', word: '办理中，今天到期' }))
  it('is late', () => expect(r('received', -2)).toEqual({ tone: 'bad', word: '办理中，超 2 日' }))
  it('is done, whatever the date', () => expect(r('finished', -2).tone).toBe('good'))
})

describe('keys', () => {
  const row = (more: Partial<KeyRow> = {}): KeyRow => ({ class: 'x', title: '', alg: '', active_version: 1, created_at: '', versions: 1, sealed_rows: 0, behind_rows: 0, reseal: { done: 0, total: 0, damaged: 0, running: false }, ...more })
  const keys = (...classes: KeyRow[]): Keys => ({ provider: '', provider_text: '', certified: false, kek: { id: '', created_at: '', versions: 1 }, classes })
  it.each([
    [keys(row(), row()), '2 类数据都用最新的密钥加密'],
    [keys(row({ behind_rows: 4 })), '1 类数据还有用旧密钥加密的'],
    [keys(row({ behind_rows: 4, reseal: { done: 1, total: 5, damaged: 0, running: true } })), '正在用新密钥重新加密 1 类数据'],
    [keys(row({ reseal: { done: 5, total: 5, damaged: 2, running: false } })), '2 条读不出来，要查'],
  ])('say how they are', (k, words) => expect(keysAnswer(k)).toBe(words))
})
