import { span } from '@kiosk/kit/words'
import type { Board, Difference } from './types'

export type Tone = 'good' | 'warn' | 'bad' | 'none' | 'open'

/** How a message stands, as a sign (报文状态). */
export const toneOf = (state: string): Tone => (({ confirmed: 'good', refused: 'bad', dead: 'bad', dropped: 'none', sent: 'open' }) as Record<string, Tone>)[state] ?? 'warn'

/** How one of the six is now. */
export const systemWords: Record<string, { tone: Tone; word: string }> = {
  ok: { tone: 'good', word: '通' },
  down: { tone: 'bad', word: '不通' },
  trying: { tone: 'open', word: '试探恢复' },
  stopped: { tone: 'none', word: '已停用' },
  off: { tone: 'none', word: '没有接' },
}

export interface Group {
  no: string
  item: string
  rows: Difference[]
  open: number
}

/** Differences by case, those with something to decide first (要处理的办件). */
export function grouped(rows: Difference[]): Group[] {
  const by = new Map<string, Group>()
  for (const d of rows) {
    const g = by.get(d.case_no) ?? { no: d.case_no, item: d.item_name, rows: [], open: 0 }
    g.rows.push(d)
    if (d.state === 'open') g.open++
    by.set(d.case_no, g)
  }
  return [...by.values()].sort((a, b) => Number(b.open > 0) - Number(a.open > 0))
}

/** The sentence of the cockpit: the number that matters first, and what an outage means for people (答句). */
export function answerOf(b: Board): { text: string; tone: '' | 'warn' | 'bad' } {
  if (!b.connected) return { text: '还没有接省平台，报文都排着', tone: 'warn' }
  const waiting = b.counts.queued + b.counts.sent
  if (b.state === 'down') return { text: `省平台不通，${waiting} 条排着，受理照样成立`, tone: 'warn' }
  const r = b.report
  if (!r) return { text: waiting ? `还没对过账，${waiting} 条在路上` : '还没对过账', tone: '' }
  const bad = r.differing + r.missing + r.extra
  if (bad && r.open) return { text: `${r.cases} 件里，${bad} 件不一样`, tone: 'warn' }
  if (bad) return { text: `${bad} 件不一样的都选定了，再对一次`, tone: '' }
  return { text: `${r.cases} 件，两边逐字段相同`, tone: '' }
}

/** What the report says besides. */
export function noteOf(b: Board): string {
  const r = b.report
  if (!r) return '每天 6:00 自动对账，也可以现在对。'
  const parts = [`${r.same} 件逐字段相同`, `没到省里的 ${r.missing}`, `省里多出的 ${r.extra}`]
  if (r.waiting) parts.push(`还在路上 ${r.waiting}，不算差异`)
  return parts.join('　')
}

export const slowest = (seconds: number) => (seconds ? span(seconds) : '—')

export const choiceWords: Record<string, { label: string; note: string }> = {
  ours: { label: '以本市为准，重新推送', note: '排队发给省里，同一条只到一次' },
  theirs: { label: '以省平台为准，改本市的协同记录', note: '写进办件的经过' },
  later: { label: '两边都不改，写明原因', note: '下次对账还会出现' },
}
