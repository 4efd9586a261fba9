import type { Inspections } from './types'

export interface Shown {
  tone: 'good' | 'warn' | 'bad' | 'none' | 'open'
  word: string
}

const parts: Record<string, Shown> = {
  ok: { tone: 'good', word: '好' },
  warn: { tone: 'warn', word: '要留意' },
  bad: { tone: 'bad', word: '坏了' },
  unknown: { tone: 'none', word: '不知道' },
}
/** How a component is, as shape and word (部件状态). */
export const partState = (s: string): Shown => parts[s] ?? parts.unknown!

const rounds: Record<string, Shown> = {
  due: { tone: 'none', word: '还没到' },
  ready: { tone: 'open', word: '等签字' },
  done: { tone: 'good', word: '做完了' },
  late: { tone: 'warn', word: '逾期后补做' },
  missed: { tone: 'bad', word: '漏了' },
}
/** How an inspection stands; one that was done says whether it passed. */
export function inspectionState(i: { state: string; result?: string }): Shown {
  const s = rounds[i.state] ?? { tone: 'none' as const, word: i.state }
  if (i.result === 'fail' && s.tone !== 'bad') return { tone: 'warn', word: s.word + '，不合格' }
  return s
}

/** The year's inspections in a sentence. */
export function yearAnswer(n: Inspections): string {
  const { year } = n
  const missed = year.missed ? `，漏了 ${year.missed} 次` : '，没有漏'
  const rest = year.due ? `，还要做 ${year.due} 次` : ''
  return `${year.year} 年巡检做了 ${year.done} 次${missed}${rest}`
}

/** 99.987 %, never rounded up to 100. */
export function percent(p: number): string {
  if (p >= 100) return '100%'
  const cut = Math.floor(p * 1000) / 1000
  return `${cut.toFixed(3)}%`
}

export interface Line {
  path: string
  last: number
  least: number
  most: number
  at: (i: number) => { x: number; y: number }
}

/** A trend as a path in a box; percent scales begin at zero and end at 100, counts at what was most. */
export function line(points: [number, number][], unit: string, width: number, height: number): Line | undefined {
  if (!points.length) return undefined
  const values = points.map((p) => p[1])
  const most = Math.max(...values)
  const top = unit === '%' ? 100 : Math.max(most, 1)
  const from = points[0]![0]
  const span = Math.max(points.at(-1)![0] - from, 1)
  const at = (i: number) => ({ x: ((points[i]![0] - from) / span) * width, y: height - (points[i]![1] / top) * height })
  const path = points.map((_, i) => `${i ? 'L' : 'M'}${at(i).x.toFixed(1)} ${at(i).y.toFixed(1)}`).join('')
  return { path, last: values.at(-1)!, least: Math.min(...values), most, at }
}
