import { describe, expect, it } from 'vitest'
import { calls, clockOf, headline } from './call'
import type { Desk, Ticket } from './hall'

const ticket = (change: Partial<Ticket> = {}): Ticket => ({
  id: 't', no: 'A012', category_name: '食品经营', zone_name: 'B 区', priority: '', priority_text: '', channel_text: '现场取号', state: 'waiting', state_text: '等待', window_no: '',
  taken_at: '', called_at: '', started_at: '', waited_min: 11, served_min: 0, calls: 0, hold_reason: '', ...change,
})
const desk = (change: Partial<Desk> = {}): Desk => ({
  hall: { id: 'h', name: '涪城区政务服务中心' }, seat: { window: 'w', no: 'B12', label: 'B 区 12 号窗', zone_name: 'B 区', state: 'on', since: '' }, may_sit: [], current: null, visit: null,
  next: ticket(), waiting: 7, priority: 1, longest_min: 11, promise_min: 15, passed: [], held: [], today: { served: 9, average_seconds: 760, last_no: 'A011', last_seconds: 860 }, zones: [], windows: [], now: '', ...change,
})

describe('叫号', () => {
  it('says who is next, how long he waits, and when the promise breaks', () => {
    expect(headline(desk())).toMatchObject({ no: 'A012', above: '下一位', waits: '已等 11 分钟（承诺 15 分钟内）', warn: '4 分钟后超出等候承诺' })
    expect(headline(desk({ next: ticket({ waited_min: 18 }) })).warn).toBe('已超出等候承诺 3 分钟')
    expect(headline(desk({ next: ticket({ waited_min: 2 }) })).warn).toBe('')
    expect(headline(desk({ next: null })).about).toBe('现在没有人在等')
  })
  it('puts the ticket in hand before the next one', () => {
    expect(headline(desk({ current: ticket({ no: 'A010', state: 'serving', served_min: 6 }) }))).toMatchObject({ no: 'A010', above: '正在办', waits: '办了 6 分钟' })
    expect(headline(desk({ current: ticket({ state: 'called', calls: 2 }) })).waits).toBe('叫了 2 次，还没有来')
  })
  it('offers what can be done, the primary act first', () => {
    expect(calls(desk())[0]).toBe('call')
    expect(calls(desk({ seat: null }))).toEqual([])
    expect(calls(desk({ seat: { ...desk().seat!, state: 'away' } }))).toEqual(['back'])
    expect(calls(desk({ current: ticket({ state: 'called' }) }))).toEqual(['identify', 'recall', 'skip', 'transfer'])
    expect(calls(desk({ current: ticket({ state: 'serving' }) }))[0]).toBe('go-on')
    expect(calls(desk({ next: null }))).toEqual(['away'])
  })
  it('writes seconds as a clock', () => expect([clockOf(860), clockOf(9)]).toEqual(['14:20', '0:09']))
})
