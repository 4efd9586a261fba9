import type { Keys, Requests, Run } from './types'

/** 30 天, 3 年, 2 年 6 个月 as far as it is a whole number of them; days otherwise (留存期限). */
export function keepFor(days: number): string {
  if (days % 365 === 0) return `${days / 365} 年`
  if (days > 365 && days % 30 === 0) return `${days / 30} 个月`
  return `${days} 天`
}

/** What a run did or would do, in a sentence (执行结果). */
export function runWords(r: Pick<Run, 'dry' | 'counts' | 'state'>): string {
  if (r.state === 'failed') return '没有做完，会自动再做'
  const rows = r.counts.reduce((n, c) => n + c.rows, 0)
  if (!rows) return r.dry ? '现在执行，没有到期的' : '没有到期的'
  const parts = r.counts.filter((c) => c.rows).map((c) => `${c.title} ${c.rows}`)
  return `${r.dry ? '现在执行会删' : '删了'} ${rows} 条：${parts.join('，')}`
}

export interface Shown {
  tone: 'good' | 'warn' | 'bad' | 'none' | 'open'
  word: string
}

/** How a request stands against its limit (权利请求时限). */
export function dueWords(r: { state: string; state_text: string; days_left: number }): Shown {
  if (r.state === 'finished') return { tone: 'good', word: r.state_text }
  if (r.state === 'refused') return { tone: 'none', word: r.state_text }
  if (r.days_left < 0) return { tone: 'bad', word: `${r.state_text}，超 ${-r.days_left} 日` }
  if (r.days_left <= 3) return { tone: 'warn', word: r.days_left ? `${r.state_text}，余 ${r.days_left} 日` : `${r.state_text}，今天到期` }
  return { tone: 'open', word: `${r.state_text}，余 ${r.days_left} 日` }
}

export const open = (r: Requests) => r.rows.filter((x) => x.state === 'received' || x.state === 'taken')

/** The state of the keys in a sentence. */
export function keysAnswer(k: Keys): string {
  const damaged = k.classes.reduce((n, c) => n + c.reseal.damaged, 0)
  if (damaged) return `${damaged} 条读不出来，要查`
  const running = k.classes.filter((c) => c.reseal.running)
  if (running.length) return `正在用新密钥重新加密 ${running.length} 类数据`
  const behind = k.classes.filter((c) => c.behind_rows > 0)
  return behind.length ? `${behind.length} 类数据还有用旧密钥加密的` : `${k.classes.length} 类数据都用最新的密钥加密`
}
