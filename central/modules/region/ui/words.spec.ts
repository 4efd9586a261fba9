import { describe, expect, it } from 'vitest'
import type { Target } from './types'
import { acts, answerOf, found, toneOf } from './words'

const target = (t: Partial<Target>): Target => ({ id: '500112000000.collect', item: 'glbt', item_name: '高龄津贴', region: '500112000000', name: '重庆市渝北区', office: '', mode: 'collect', mode_text: '异地代收代办', paper: true, promised: 10, abroad: true, ...t })

describe('跨域件的状态', () => {
  it('stands out where it is ours or the applicant’s to do', () => {
    const row = { odd: '', stuck: '' }
    expect(toneOf({ ...row, state: 'sent', owes: 'here' })).toBe('warn')
    expect(toneOf({ ...row, state: 'accepted', owes: 'home' })).toBe('open')
    expect(toneOf({ ...row, state: 'handed', owes: '' })).toBe('good')
    expect(toneOf({ ...row, state: 'withdrawn', owes: '' })).toBe('none')
    expect(toneOf({ ...row, state: 'accepted', owes: 'home', odd: '对不上' })).toBe('bad')
  })
  it('says whose turn it is in one sentence', () => {
    expect(answerOf(undefined, false)).toBe('　')
    expect(answerOf({ open: 0, mine: 0, arrivals: [] }, false)).toBe('没有在办的跨域件')
    expect(answerOf({ open: 3, mine: 0, arrivals: [] }, false)).toBe('3 件在办，没有等本窗口的')
    expect(answerOf({ open: 3, mine: 2, arrivals: [{ state: 'paper_due' }, { state: 'taken' }] }, false)).toBe('2 件等本窗口办，其中 1 件等外地的纸件')
  })
})

describe('跨域通办清单', () => {
  const all = [target({}), target({ id: '510107000000.online', name: '四川省成都市武侯区', item_name: '异地长期居住人员备案', mode_text: '全程网办', abroad: false })]
  it('is found by every word that was typed', () => {
    expect(found(all, '')).toHaveLength(2)
    expect(found(all, '重庆 津贴')).toEqual([all[0]])
    expect(found(all, '跨市')).toEqual([all[1]])
    expect(found(all, '重庆 网办')).toEqual([])
  })
  it('offers each act once', () => expect(new Set(acts.map((a) => a.act)).size).toBe(acts.length))
})
