import type { Row, Target } from './types'

export type Tone = 'good' | 'warn' | 'bad' | 'none' | 'open'

/** The shape of a state (状态图形): what is ours to do stands out, what waits for others does not. */
export function toneOf(r: Pick<Row, 'state' | 'owes' | 'odd' | 'stuck'>): Tone {
  if (r.odd || r.stuck) return 'bad'
  if (r.state === 'handed') return 'good'
  if (r.state === 'withdrawn') return 'none'
  return r.owes === 'here' || r.owes === 'applicant' ? 'warn' : 'open'
}

/** The sentence over the list (答句). */
export function answerOf(l: { open: number; mine: number; arrivals: { state: string }[] } | undefined, ended: boolean): string {
  if (!l) return '　'
  if (ended) return '办完的跨域件'
  const papers = l.arrivals.filter((a) => a.state === 'paper_due').length
  if (l.mine) return `${l.mine} 件等本窗口办${papers ? `，其中 ${papers} 件等外地的纸件` : ''}`
  return l.open ? `${l.open} 件在办，没有等本窗口的` : '没有在办的跨域件'
}

/** Lines of the directory that fit what was typed: item, region or way, each word somewhere. */
export function found(all: Target[], typed: string): Target[] {
  const words = typed.trim().split(/\s+/).filter(Boolean)
  return all.filter((t) => words.every((w) => `${t.item_name} ${t.item} ${t.name} ${t.mode_text} ${t.abroad ? '跨省' : '跨市'}`.includes(w)))
}

/** What the acts of a case are called, in the order of what comes first. */
export const acts: { act: string; word: string }[] = [
  { act: 'resend', word: '重送' },
  { act: 'post', word: '原件交寄' },
  { act: 'supplement', word: '补正送办理地' },
  { act: 'land', word: '结果到窗口了' },
  { act: 'hand', word: '结果交申请人' },
  { act: 'part', word: '本地部分办好' },
  { act: 'withdraw', word: '申请人撤回' },
]
export const sideWord: Record<string, string> = { here: '收件地', home: '办理地', post: '邮政' }
