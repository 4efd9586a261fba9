import { asks, kindOf, speaksOf } from './cond'
import type { Entry, Question } from './types'

// The situations as an outline (情形大纲): questions in the order they are asked, as deep as what they hang on.

export interface Line {
  question: Question
  no: number
  depth: number
  /** Answers it is asked after, in short: 只在“销售”时问. */
  only: string
}

/** Something an answer does to the papers or to the way (答案的后果). */
export interface Effect {
  kind: 'need' | 'exempt' | 'defer' | 'stop' | 'form' | 'sign'
  text: string
  /** Code of the material, where there is one. */
  material?: string
}

export function outline(entry: Entry): Line[] {
  const depth = new Map<string, number>()
  return entry.questions.map((question, i) => {
    const on = asks(question.when).filter((q) => depth.has(q))
    const d = on.length ? Math.max(...on.map((q) => depth.get(q)!)) + 1 : 0
    depth.set(question.id, Math.min(d, 4))
    const w = question.when
    const from = kindOf(w) === 'said' ? entry.questions.find((q) => q.id === w!.q) : undefined
    const only = from ? `只在${from.options.filter((o) => w!.is?.includes(o.value)).map((o) => `“${o.label}”`).join('或')}时问` : w ? '满足条件才问' : ''
    return { question, no: i + 1, depth: Math.min(d, 4), only }
  })
}

export function effectsOf(entry: Entry, q: string, value: string): Effect[] {
  const out: Effect[] = []
  const o = entry.questions.find((x) => x.id === q)?.options.find((x) => x.value === value)
  if (o?.stop) out.push({ kind: 'stop', text: o.stop })
  for (const m of entry.materials) {
    const needed = speaksOf(m.when, q, value)
    if (needed) out.push({ kind: 'need', text: m.name, material: m.code })
    if (speaksOf(m.exempt, q, value)) out.push({ kind: 'exempt', text: m.name, material: m.code })
    if (needed && m.defer_days) out.push({ kind: 'defer', text: `${m.name} ${m.defer_days} 工作日`, material: m.code })
  }
  for (const g of entry.form.groups ?? []) if (speaksOf(g.when, q, value)) out.push({ kind: 'form', text: g.title })
  for (const s of entry.signers) if (speaksOf(s.when, q, value)) out.push({ kind: 'sign', text: s.label })
  return out
}

/** Moves a thing one place; false when it is at the end already. */
export function moved<T>(list: T[], from: number, step: number): boolean {
  const to = from + step
  if (from < 0 || to < 0 || to >= list.length) return false
  const [it] = list.splice(from, 1)
  list.splice(to, 0, it!)
  return true
}

/** A short name nobody has yet: q1, q2 … */
export function fresh(prefix: string, taken: string[]): string {
  for (let n = taken.length + 1; ; n++) if (!taken.includes(prefix + n)) return prefix + n
}
