import { describe, expect, it } from 'vitest'
import { mattersOf, onWith } from './matters'
import type { Visit } from './hall'
import { nextAct, shelfAnswer, type ParkedRow } from './work'

const row = (change: Partial<ParkedRow> = {}): ParkedRow => ({
  id: 'd1', item: '食品经营许可', applicant: '张*岚', window: 'B12', ticket: 'A012', owner: 'clerk', owner_name: '周敏', reason: '', state: 'draft', updated_at: '2026-11-26T10:00:00+08:00', expires_on: '2026-12-03', days_left: 5, age_days: 0, done: 2, of: 5, level: '', ...change,
})
const visit: Visit = { id: 'v', ticket: 't', ticket_no: 'A012', state: 'open', way: 'card', name: '张*岚', id_number: '', phone: '', agent: null, opened_at: '2026-11-26T09:50:00+08:00', ended_at: '', cases: [{ no: 'MY1', item: 'x', item_name: '养老保险', at: '2026-11-26T10:05:00+08:00' }] }

describe('这次要办的', () => {
  it('lists what was handed in and what is begun, of this visit only', () => {
    const m = mattersOf(visit, [row(), row({ id: 'd2', ticket: 'A013' }), row({ id: 'd3', updated_at: '2026-11-20T10:00:00+08:00' })])
    expect(m.map((x) => x.id)).toEqual(['MY1', 'd1'])
    expect(onWith(m)).toBe(1)
    expect(mattersOf(null, [row()])).toEqual([])
    expect(mattersOf(visit, [row({ id: 'd4', visit: 'other' }), row({ id: 'd5', visit: 'v', ticket: '' })]).map((x) => x.id)).toEqual(['MY1', 'd5'])
  })
  it('says what has become of what was handed in', () =>
    expect(mattersOf(visit, [], [{ no: 'MY1', state: 'accepted', state_text: '已受理' }])[0]).toMatchObject({ no: 'MY1', state: 'accepted', state_text: '已受理' }))
  it('goes on with the last when all is handed in', () => expect(onWith(mattersOf(visit, []))).toBe(0))
})

describe('暂存架', () => {
  it('says how many, which end today, and whose clock runs', () => {
    expect(shelfAnswer({ rows: [], received: [], counts: { mine: 0, hall: 0, old: 0 } })).toBe('暂存架是空的')
    expect(shelfAnswer({ rows: [row(), row({ days_left: 0 })], received: [{} as never], counts: { mine: 2, hall: 2, old: 0 } })).toBe('架上 2 件，1 件今天到期，1 件收了件、钟在走')
    expect([nextAct(row({ days_left: 0 })), nextAct(row({ reason: '等他回去拿材料' }))]).toEqual(['今天续办，或告诉他要清掉', '等人，来了接着办'])
  })
})
