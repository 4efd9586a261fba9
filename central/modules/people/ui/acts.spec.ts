import { describe, expect, it } from 'vitest'
import { grantWords, wordsOf } from './acts'

const session = { id: '1', audience: 'staff', audience_title: '工作台', source: '', agent: '', created_at: '', seen_at: '', current: false, factors: [] }

describe('acts say what they do', () => {
  it('how many sessions end', () => expect(wordsOf('disable', { name: '周敏', sessions: [session, session] }).effects[0]).toBe('周敏现在的 2 处登录马上退出，没保存的内容会丢。'))
  it('that nobody is signed in', () => expect(wordsOf('reset', { name: '周敏', sessions: [] }).effects).toContain('周敏现在没有登录。'))
  it.each(['disable', 'enable', 'unlock', 'reset', 'revoke', 'factor'])('%s has effects and usual reasons', (act) => {
    const w = wordsOf(act, { name: '周敏', sessions: [] })
    expect(w.title).toContain('周敏')
    expect(w.effects.length).toBeGreaterThan(1)
    expect(w.usual.length).toBeGreaterThan(0)
  })
})

describe('a grant in words', () => {
  it('names place and acts', () => expect(grantWords('周敏', '涪城区行政审批局', ['受理', '补正告知'])).toBe('周敏 在 涪城区行政审批局 可以 受理、补正告知'))
  it('cuts a long list and says how long it is', () => expect(grantWords('周敏', '', ['一', '二', '三'], 2)).toBe('周敏 可以 一、二等 3 项'))
  it('says when a role is empty', () => expect(grantWords('周敏', '', [])).toContain('还没有权限'))
})
