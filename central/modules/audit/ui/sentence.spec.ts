import { describe, expect, it } from 'vitest'
import { asked, empty, forget, fromQuery, keep, saved, toQuery } from './filters'
import { byDay, missing, sentence } from './sentence'
import type { Row } from './types'

const row: Row = {
  seq: 7, at: '2026-11-26T01:31:05Z', actor_kind: 'staff', actor_id: '1', actor_name: '周敏', department: '', desk: 'B 区 12 号窗', source: '10.0.0.7',
  action: 'window.accept', action_title: '受理', object_kind_title: '办件', object: 'MY261126-00139', result: 'ok', result_text: '', level: 'notable', reason: '',
}

describe('a record is told in a sentence', () => {
  it.each([
    [{}, '周敏 于 09:31 受理 办件 MY261126-00139'],
    [{ result: 'denied' }, '周敏 于 09:31 受理 办件 MY261126-00139，被拒绝'],
    [{ result: 'failed', object: '' }, '周敏 于 09:31 受理 办件，没有成功'],
    [{ actor_name: '', actor_kind: 'system', object: '', object_kind_title: '', action_title: '例行核验' }, '系统 于 09:31 例行核验'],
    [{ object_kind_title: '账号', object: '1', action_title: '登录' }, '周敏 于 09:31 登录 账号 本人'],
    [{ object_kind_title: '账号', object: '01a21712-2928-73f8-ae44-1f68d9166052' }, '周敏 于 09:31 受理 账号 …d9166052'],
  ] as [Partial<Row>, string][])('%j', (change, words) => expect(sentence({ ...row, ...change })).toBe(words))
})

describe('lists', () => {
  it('rest at the days of Shanghai', () => {
    const days = byDay([{ at: '2026-11-25T16:10:00Z' }, { at: '2026-11-25T15:50:00Z' }])
    expect(days.map((d) => d.day)).toEqual(['2026-11-26', '2026-11-25'])
  })
  it('name the numbers that are not there', () => expect(missing([{ seq: 9 }, { seq: 8 }, { seq: 5 }])).toEqual([7, 6]))
})

describe('conditions', () => {
  it('go into the address and come back', () => {
    const f = { ...empty, who: '周敏', from: '2026-11-26' }
    expect(fromQuery(toQuery(f))).toEqual(f)
  })
  it('take whole days of Shanghai', () => expect(asked({ ...empty, from: '2026-11-25', to: '2026-11-26' })).toEqual({ from: '2026-11-25T00:00:00+08:00', to: '2026-11-26T23:59:59+08:00' }))
  it('are kept by person, replaced by name, forgotten', () => {
    const kept = new Map<string, string>()
    const store = { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v) }
    keep('顾明', { name: '看全文', filter: { action: 'window.unmask' } }, store)
    keep('顾明', { name: '看全文', filter: { action: 'privacy.reveal' } }, store)
    expect(saved('顾明', store)).toEqual([{ name: '看全文', filter: { action: 'privacy.reveal' } }])
    expect(saved('别人', store)).toEqual([])
    expect(forget('顾明', '看全文', store)).toEqual([])
  })
})
