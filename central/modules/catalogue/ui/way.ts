import type { Cond, Entry } from './types'

// A way through the questions to one of them (走到这一问), for the applicant's phone beside the outline. The centre has the last
// word on what is asked; this only picks answers that lead there.

export function holds(c: Cond | undefined, answers: Record<string, string>): boolean {
  if (!c) return true
  if (c.not) return !holds(c.not, answers)
  if (c.all?.length) return c.all.every((p) => holds(p, answers))
  if (c.any?.length) return c.any.some((p) => holds(p, answers))
  return !!c.q && !!answers[c.q] && !!c.is?.includes(answers[c.q]!)
}

/** Answers that make a condition hold, added to what is answered already. */
function lead(entry: Entry, c: Cond | undefined, answers: Record<string, string>) {
  if (!c || holds(c, answers)) return
  if (c.all?.length) return c.all.forEach((p) => lead(entry, p, answers))
  if (c.any?.length) return lead(entry, c.any[0], answers)
  const said = c.not ?? c
  const q = entry.questions.find((x) => x.id === said.q)
  if (!q) return
  const fits = q.options.filter((o) => !o.stop && !!said.is?.includes(o.value) === !c.not)
  if (fits[0]) answers[q.id] = fits[0].value
  lead(entry, q.when, answers)
}

export function wayTo(entry: Entry, question: string, option = ''): Record<string, string> {
  const wanted: Record<string, string> = {}
  const at = entry.questions.findIndex((q) => q.id === question)
  lead(entry, entry.questions[at]?.when, wanted)
  const answers: Record<string, string> = {}
  for (const q of entry.questions.slice(0, at)) {
    if (!holds(q.when, answers)) continue
    const value = wanted[q.id] ?? q.options.find((o) => !o.stop)?.value
    if (value) answers[q.id] = value
  }
  if (option) answers[question] = option
  return answers
}
