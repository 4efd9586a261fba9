import { describe, expect, it } from 'vitest'
import { answerOf, grouped, noteOf } from './words'
import type { Board, Difference } from './types'

const report = { id: 'r', at: '', by: '', cases: 214, same: 211, differing: 3, missing: 0, extra: 0, waiting: 0, open: 3, told: { at: '', cases: 0, theirs: 0, equal: true }, same_by: [] }
const board = (over: Partial<Board>): Board =>
  ({ connected: true, state: 'ok', since: '', retry_at: '', now: '', report, differences: [], hours: [], counts: { queued: 0, sent: 0, confirmed: 0, refused: 0, dead: 0, today: 0, again: 0, longest_seconds: 0 }, history: [], tray: 0, acts: [], ...over }) as Board

describe('the sentence of the cockpit', () => {
  it('says how many differ, and what an outage means for people', () => {
    expect(answerOf(board({})).text).toBe('214 件里，3 件不一样')
    expect(answerOf(board({ report: { ...report, differing: 0, open: 0 } })).text).toBe('214 件，两边逐字段相同')
    const counts = { ...board({}).counts, queued: 30, sent: 1 }
    expect(answerOf(board({ state: 'down', counts })).text).toBe('省平台不通，31 条排着，受理照样成立')
    expect(answerOf(board({ connected: false })).text).toContain('没有接省平台')
    expect(noteOf(board({}))).toContain('211 件逐字段相同')
  })
})

describe('cases to decide', () => {
  it('come before decided ones, with all their fields', () => {
    const d = (case_no: string, state: string) => ({ case_no, item_name: '事项', state }) as Difference
    const groups = grouped([d('A', 'chosen'), d('B', 'open'), d('B', 'chosen')])
    expect(groups.map((g) => [g.no, g.rows.length, g.open])).toEqual([['B', 2, 1], ['A', 1, 0]])
  })
})
