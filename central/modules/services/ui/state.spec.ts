import { describe, expect, it } from 'vitest'
import { answerOf, breakerWords, dayWords, stateOf } from './state'
import type { Service } from './types'

const service = (change: Partial<Service> = {}): Service => ({
  name: 'ems', title: '邮政', kind: 'adapter', owner: '', address: '', version: '', state: 'on', health: 'ok', health_text: '', breaker: 'closed', breaker_since: '',
  breaker_next_try: '', probes_ok: 0, probes_needed: 5, simulated: false, queued: 0, last_error: '', last_exchange_at: '', p95_ms: 0, calls_today: 0, failures_today: 0, slots: [], ...change,
})
const counts = { total: 0, ok: 0, open: 0, slow: 0, off: 0 }

describe('the state of an outside system', () => {
  it.each([
    [{}, '通', 'good'],
    [{ health: 'slow' }, '慢', 'warn'],
    [{ health: 'down' }, '不通', 'bad'],
    [{ health: 'unknown' }, '还没用过', 'none'],
    [{ breaker: 'open', health: 'ok' }, '断开', 'bad'],
    [{ breaker: 'half-open', probes_ok: 2 }, '试探 2 / 5', 'open'],
    [{ state: 'off', breaker: 'open' }, '已停用', 'none'],
  ] as const)('%j is %s', (change, word, tone) => expect(stateOf(service(change))).toEqual({ word, tone }))
})

describe('the sentence', () => {
  it.each([
    [[], '还没有登记对接系统'],
    [[service(), service()], '2 个都通'],
    [[service(), service({ breaker: 'open', queued: 6 })], '1 个通，邮政 断开，排着 6 条，没丢'],
    [[service(), service({ state: 'off' })], '1 个通，没有断开的'],
    [[service(), service({ breaker: 'half-open' })], '1 个通，邮政 在试探恢复'],
  ] as [Service[], string][])('says it', (rows, words) => expect(answerOf({ rows, counts })).toBe(words))
})

it('the breaker says since when and what comes next', () => {
  expect(breakerWords(service({ breaker: 'open', breaker_since: '2026-11-26T03:22:00Z', breaker_next_try: '2026-11-26T03:27:00Z' }))).toBe('11:22 起断开，11:27 再试一条。断开时不打扰对方，业务排队。')
  expect(breakerWords(service())).toContain('接通')
})
it('bars are said in words', () => expect(dayWords({ slots: [{ at: '', ok: 3, failed: 1 }, { at: '', ok: 2, failed: 0 }] })).toBe('近 24 小时 6 次，失败 1 次'))
