import { clockTime } from '@kiosk/kit/dates'
import type { Service, Services } from './types'

export interface Shown {
  tone: 'good' | 'warn' | 'bad' | 'none' | 'open'
  word: string
}

type Now = Pick<Service, 'state' | 'breaker' | 'health' | 'probes_ok' | 'probes_needed'>

/** How an outside system is now, in one word (对接状态): switched off comes before cut off, cut off before what was measured. */
export function stateOf(s: Now): Shown {
  if (s.state === 'off') return { tone: 'none', word: '已停用' }
  if (s.breaker === 'open') return { tone: 'bad', word: '断开' }
  if (s.breaker === 'half-open') return { tone: 'open', word: s.probes_needed > 1 ? `试探 ${s.probes_ok} / ${s.probes_needed}` : '试探' }
  return ({ ok: { tone: 'good', word: '通' }, slow: { tone: 'warn', word: '慢' }, down: { tone: 'bad', word: '不通' } } as Record<string, Shown>)[s.health] ?? { tone: 'none', word: '还没用过' }
}

/** The sentence above the list: who is cut off first, then the numbers. */
export function answerOf(s: Services): string {
  if (!s.rows.length) return '还没有登记对接系统'
  const cut = s.rows.filter((r) => stateOf(r).tone === 'bad').map((r) => r.title)
  const trying = s.rows.filter((r) => r.state !== 'off' && r.breaker === 'half-open').map((r) => r.title)
  const queued = s.rows.reduce((n, r) => n + r.queued, 0)
  const parts = [
    cut.length ? `${cut.slice(0, 3).join('、')}${cut.length > 3 ? `等 ${cut.length} 个` : ''} 断开` : '',
    trying.length ? `${trying.slice(0, 2).join('、')} 在试探恢复` : '',
    queued ? `排着 ${queued} 条，没丢` : '',
  ].filter(Boolean)
  const good = s.rows.filter((r) => stateOf(r).tone === 'good').length
  return parts.length ? `${good} 个通，${parts.join('，')}` : good === s.rows.length ? `${good} 个都通` : `${good} 个通，没有断开的`
}

/** What the breaker does now, as a sentence. */
export function breakerWords(s: Pick<Service, 'breaker' | 'breaker_since' | 'breaker_next_try' | 'probes_ok' | 'probes_needed'>): string {
  const next = s.breaker_next_try ? `，${clockTime(new Date(s.breaker_next_try))} 再试一条` : ''
  if (s.breaker === 'open') return `${s.breaker_since ? clockTime(new Date(s.breaker_since)) + ' 起' : ''}断开${next}。断开时不打扰对方，业务排队。`
  if (s.breaker === 'half-open') return `放一条只读的过去试${next}。成了就接通，错一次再断开。`
  return '接通。连着错几次就断开，免得拖慢窗口。'
}

/** The last 24 hours in words, for those who do not see the bars. */
export function dayWords(s: Pick<Service, 'slots'>): string {
  const ok = s.slots.reduce((n, x) => n + x.ok, 0)
  const failed = s.slots.reduce((n, x) => n + x.failed, 0)
  return `近 24 小时 ${ok + failed} 次，失败 ${failed} 次`
}

export const results: Record<string, Shown> = {
  ok: { tone: 'good', word: '成' },
  refused: { tone: 'warn', word: '对方拒绝' },
  timeout: { tone: 'bad', word: '超时' },
  failed: { tone: 'bad', word: '失败' },
  cut: { tone: 'none', word: '断开，没发' },
  off: { tone: 'none', word: '停用，没发' },
  limited: { tone: 'warn', word: '超过限速' },
}
