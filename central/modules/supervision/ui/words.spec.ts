import { describe, expect, it } from 'vitest'
import { dueWords, progress, stripOf } from './words'

const clock = (over: object) => ({ level: 'green', budget: 5, used: 2, left: 3, overdue: 0, standing: false, text: '', due: '', statutory: '', ...over })
const shape = (over: object) => stripOf(clock(over)).map((c) => c.state[0]).join('')

describe('the strip of a clock', () => {
  it('shows what is used, today and what is left', () => expect(shape({})).toBe('uutll'))
  it('stands still', () => expect(shape({ standing: true })).toBe('uusslll'))
  it('is over', () => expect(shape({ used: 5, left: 0, overdue: 2 })).toBe('uuuuuoo'))
  it('has no days', () => expect(shape({ budget: 0 })).toBe(''))
  it('is bounded', () => expect(shape({ budget: 200, used: 200, left: 0, overdue: 90 }).length).toBe(60))
})

describe('a card', () => {
  it('goes through five steps', () => expect(['issued', 'notified', 'replied', 'accepted', 'closed'].map((s) => progress(s).done)).toEqual([0, 2, 3, 4, 5]))
  it('says when its answer is due', () => {
    const at = (state: string, late = false) => dueWords({ state, late, reply_due: '2026-11-27T17:00:00+08:00' }, new Date(), () => '11-27 17:00').text
    expect([at('issued'), at('notified', true), at('replied'), at('cancelled')]).toEqual(['11-27 17:00', '已过 11-27 17:00', '待审答复', '已撤销'])
  })
})
