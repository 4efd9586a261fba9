import type { Detail, List, Row } from './types'

export type Tone = 'good' | 'warn' | 'bad' | 'open' | 'none'

/** The sentence of the page: what waits, and what becomes due first. */
export function answerOf(l: List): string {
  const c = l.counts
  if (c.overdue) return `${c.overdue} 件过了送达期限，先打电话或改邮寄`
  if (!c.ready) return c.road ? `没有人在等着领，${c.road} 件在路上` : '没有等着领的件'
  return `${c.ready} 件等着领，最近一件还有 ${c.soonest} 个工作日`
}

/** How a row stands, as word and colour. */
export function stateOf(r: Row): { word: string; tone: Tone } {
  if (r.state === 'handed' || r.state === 'delivered') return { word: r.state_text, tone: 'good' }
  if (r.state === 'posted') return { word: r.track || r.state_text, tone: 'open' }
  if (r.left < 0) return { word: `过期 ${-r.left} 日`, tone: 'bad' }
  if (r.state === 'returned') return { word: '退回来了', tone: 'warn' }
  if (r.left <= 2) return { word: r.left <= 1 ? '今天到期' : `余 ${r.left} 日`, tone: 'warn' }
  return { word: `余 ${r.left} 日`, tone: 'none' }
}

/** The first proof that is still missing, "" when all are there. */
export const openStep = (d: Detail): string => (d.state === 'ready' || d.state === 'returned' ? (d.steps.find((s) => !s.done)?.id ?? '') : '')

/** What the press will do (按下之后). */
export function effectsOf(way: string, d: Detail): string {
  if (way === 'post') return '生成寄件单 ・ 邮政来取 ・ 单号短信告诉他 ・ 轨迹回到这里 ・ 签收后自动出送达回证'
  if (way === 'electronic') return '出送达回证 ・ 短信告诉他 ・ 请他评价'
  return `出送达回证 ・ ${d.code_to ? '取件码作废 ・ ' : ''}送达时限停在今天 ・ 短信请他评价`
}
