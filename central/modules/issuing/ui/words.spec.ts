import { describe, expect, it } from 'vitest'
import type { Detail, List, Row } from './types'
import { answerOf, openStep, stateOf } from './words'

const row = (r: Partial<Row>) => ({ state: 'ready', state_text: '等着领', left: 8, track: '', ...r }) as Row
const list = (c: object) => ({ counts: { ready: 0, road: 0, overdue: 0, soonest: 0, ...c } }) as List

describe('发证的话', () => {
  it('says what goes wrong first', () => {
    expect(answerOf(list({ overdue: 2, ready: 5 }))).toContain('2 件过了送达期限')
    expect(answerOf(list({ ready: 5, soonest: 4 }))).toBe('5 件等着领，最近一件还有 4 个工作日')
    expect(answerOf(list({ road: 3 }))).toBe('没有人在等着领，3 件在路上')
  })
  it('counts today in, and names what is late', () => {
    expect(stateOf(row({ left: 1 }))).toEqual({ word: '今天到期', tone: 'warn' })
    expect(stateOf(row({ left: -3 }))).toEqual({ word: '过期 3 日', tone: 'bad' })
    expect(stateOf(row({ state: 'posted', track: '派送中' }))).toEqual({ word: '派送中', tone: 'open' })
  })
  it('finds the step that is open, and none when it is over', () => {
    const steps = [{ id: 'code', done: true }, { id: 'recipient', done: false }]
    expect(openStep({ state: 'ready', steps } as unknown as Detail)).toBe('recipient')
    expect(openStep({ state: 'handed', steps } as unknown as Detail)).toBe('')
  })
})
