import type { Cond, Question } from './types'

// Conditions over the answers, as the editor handles and says them (条件).

export type Kind = 'always' | 'said' | 'all' | 'any' | 'not'

/** Which of its parts a condition has; exactly one is set. */
export function kindOf(c: Cond | undefined): Kind {
  if (!c) return 'always'
  if (c.not) return 'not'
  if (c.all?.length) return 'all'
  if (c.any?.length) return 'any'
  return 'said'
}

/** The same meaning in another kind, as much of it as can be kept. */
export function turned(c: Cond | undefined, to: Kind, first: string): Cond | undefined {
  if (to === 'always') return undefined
  if (kindOf(c) === to) return c
  const leaf = (): Cond => (c && kindOf(c) === 'said' ? c : { q: first, is: [] })
  const parts = c?.all ?? c?.any
  switch (to) {
    case 'said':
      return parts?.find((p) => p.q) ?? (c?.not?.q ? c.not : leaf())
    case 'all':
      return { all: parts ?? [c ?? leaf()] }
    case 'any':
      return { any: parts ?? [c ?? leaf()] }
    case 'not':
      return { not: c ?? leaf() }
  }
}

const name = (questions: Question[], q: string) => {
  const i = questions.findIndex((x) => x.id === q)
  return i < 0 ? `没有的问题“${q}”` : `第 ${i + 1} 问`
}
const label = (questions: Question[], q: string, value: string) => questions.find((x) => x.id === q)?.options.find((o) => o.value === value)?.label ?? `没有的答案“${value}”`

/** A condition as a sentence part: 第 1 问答“租的”或“借的”，并且 第 2 问没答“有”. */
export function wordsOf(c: Cond | undefined, questions: Question[], inner = false): string {
  switch (kindOf(c)) {
    case 'always':
      return '总是'
    case 'not':
      return c!.not!.q ? said(c!.not!, questions, '没答') : `不是（${wordsOf(c!.not, questions)}）`
    case 'all':
    case 'any': {
      const joined = (c!.all ?? c!.any)!.map((p) => wordsOf(p, questions, true)).join(c!.all ? '，并且 ' : '，或者 ')
      return inner ? `（${joined}）` : joined
    }
    case 'said':
      return said(c!, questions, '答')
  }
}
const said = (c: Cond, questions: Question[], verb: string) => {
  const is = c.is ?? []
  return `${name(questions, c.q ?? '')}${verb}${is.length ? is.map((v) => `“${label(questions, c.q ?? '', v)}”`).join('或') : '（还没选）'}`
}

/** Ids of the questions a condition looks at. */
export function asks(c: Cond | undefined): string[] {
  if (!c) return []
  return [...(c.q ? [c.q] : []), ...(c.all ?? []).flatMap(asks), ...(c.any ?? []).flatMap(asks), ...asks(c.not)]
}

/** What is still wrong with a condition, "" when nothing: it can be saved so, but it can never hold. */
export function gapOf(c: Cond | undefined, questions: Question[]): string {
  switch (kindOf(c)) {
    case 'always':
      return ''
    case 'not':
      return gapOf(c!.not, questions)
    case 'all':
    case 'any':
      return (c!.all ?? c!.any)!.map((p) => gapOf(p, questions)).find(Boolean) ?? ''
    case 'said': {
      const q = questions.find((x) => x.id === c!.q)
      if (!q) return '选一个问题'
      return c!.is?.length ? '' : '选至少一个答案'
    }
  }
}

/** Whether the condition speaks of an answer, so that it belongs to that option's line in the outline. */
export const speaksOf = (c: Cond | undefined, q: string, value: string): boolean =>
  !!c && ((c.q === q && !!c.is?.includes(value)) || (c.all ?? []).some((p) => speaksOf(p, q, value)) || (c.any ?? []).some((p) => speaksOf(p, q, value)))

/** A condition after an answer has got another value, or is gone (to ""). A part that has no answer left is taken away. */
export function renamed(c: Cond | undefined, q: string, from: string, to: string): Cond | undefined {
  if (!c) return undefined
  if (c.q) {
    if (c.q !== q || !c.is?.includes(from)) return c
    const is = c.is.flatMap((v) => (v === from ? (to ? [to] : []) : [v]))
    return is.length ? { ...c, is } : undefined
  }
  if (c.not) {
    const not = renamed(c.not, q, from, to)
    return not && { not }
  }
  const parts = (c.all ?? c.any ?? []).map((p) => renamed(p, q, from, to)).filter((p) => p !== undefined)
  if (parts.length < 2) return parts[0]
  return c.all ? { all: parts } : { any: parts }
}

/** A condition without a question that is gone. */
export function without(c: Cond | undefined, q: string): Cond | undefined {
  if (!c) return undefined
  if (c.q) return c.q === q ? undefined : c
  if (c.not) {
    const not = without(c.not, q)
    return not && { not }
  }
  const parts = (c.all ?? c.any ?? []).map((p) => without(p, q)).filter((p) => p !== undefined)
  if (parts.length < 2) return parts[0]
  return c.all ? { all: parts } : { any: parts }
}
