import type { Desk, Ticket } from './hall'

// What the head of the day page says (叫号说法): pure, so that it is tested without a page.

export interface Headline {
  no: string
  above: string
  about: string
  waits: string
  warn: string
}

const over = (t: Ticket, promise: number) => promise > 0 && t.waited_min >= promise

/** The ticket that is the biggest thing on the page: the one in hand, else the next one. */
export const front = (d: Desk): Ticket | null => d.current ?? d.next

export function headline(d: Desk): Headline {
  const t = front(d)
  if (!t) return { no: '—', above: '下一位', about: '现在没有人在等', waits: '有人取号，会自己出现在这里', warn: '' }
  const about = [t.category_name, t.priority_text || t.channel_text].filter(Boolean).join(' ・ ')
  if (d.current) {
    const serving = t.state === 'serving'
    return { no: t.no, above: serving ? '正在办' : '已叫', about, waits: serving ? `办了 ${t.served_min} 分钟` : t.calls > 1 ? `叫了 ${t.calls} 次，还没有来` : '等他到窗口来', warn: '' }
  }
  const left = d.promise_min - t.waited_min
  const warn = !d.promise_min ? '' : over(t, d.promise_min) ? `已超出等候承诺 ${-left} 分钟` : left <= 5 ? `${left} 分钟后超出等候承诺` : ''
  return { no: t.no, above: '下一位', about, waits: `已等 ${t.waited_min} 分钟${d.promise_min ? `（承诺 ${d.promise_min} 分钟内）` : ''}`, warn }
}

export type CallKey = 'call' | 'skip' | 'recall' | 'hold' | 'transfer' | 'away' | 'back' | 'identify' | 'go-on' | 'finish'

/** What can be done with the hall now; the first is the primary act. */
export function calls(d: Desk): CallKey[] {
  if (!d.seat) return []
  if (d.seat.state === 'away') return ['back']
  const t = d.current
  if (!t) return d.next ? ['call', 'transfer', 'away'] : ['away']
  if (t.state === 'called') return ['identify', 'recall', 'skip', 'transfer']
  return ['go-on', 'hold', 'transfer']
}

/** 14:20 of seconds. */
export const clockOf = (seconds: number) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
