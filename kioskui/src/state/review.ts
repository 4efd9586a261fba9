import { computed } from 'vue'
import type { Matter } from '../gen/screen'
import { display, isChoice, toTyped } from './form'
import { elderly, frame, low } from './frame'
import { session } from './session'
import { stepsOf } from './steps'

export interface Line {
  label: string
  value: string
}

/** A block of the check page (核对块); edit is the step that 修改 opens. */
export interface Block {
  kind: 'applicant' | 'answers' | 'form' | 'papers'
  lines: Line[]
  weight: number // in lines of the page
}

function filled(m: Matter): Line[] {
  const out: Line[] = []
  for (const g of m.groups ?? []) {
    for (const f of g.fields ?? []) {
      const s = toTyped(f, m.values?.[f.name])
      if (f.widget === 'readonly' || !s) continue
      out.push({ label: f.label, value: isChoice(f) || !s.includes('*') ? display(m, f, s) : s })
    }
  }
  return out
}

function answered(m: Matter): Line[] {
  return (m.item.questions ?? []).flatMap((q) => {
    const a = m.answers?.[q.id]
    if (a === undefined) return []
    return [{ label: q.text, value: q.options?.find((o) => o.value === a)?.label ?? a }]
  })
}

/** Splits the blocks into pages that do not overflow; a block that is too long goes on on the next page. */
export function paged(blocks: Block[], room: number): Block[][] {
  const pages: Block[][] = [[]]
  let used = 0
  const open = (): Block[] => pages[pages.length - 1]!
  const turn = (): void => {
    pages.push([])
    used = 0
  }
  for (const b of blocks) {
    const head = b.weight - b.lines.length
    let rest = b.lines
    if (used > 0 && used + Math.min(b.weight, room) > room && used + head + 1 > room) turn()
    if (b.lines.length === 0) {
      if (used + b.weight > room && used > 0) turn()
      open().push(b)
      used += b.weight
      continue
    }
    while (rest.length > 0) {
      let fit = Math.floor(room - used - head)
      if (fit < 1) {
        turn()
        fit = Math.max(1, Math.floor(room - head))
      }
      const part = rest.slice(0, fit)
      open().push({ ...b, lines: part, weight: head + part.length })
      used += head + part.length
      rest = rest.slice(part.length)
    }
  }
  return pages
}

/** Everything that will be sent (核对), in three or four blocks. */
export function useReview() {
  const blocks = computed<Block[]>(() => {
    const m = session.matter.value
    if (!m) return []
    const steps = stepsOf(m)
    const out: Block[] = [{ kind: 'applicant', lines: [], weight: 3.4 }]
    const a = answered(m)
    if (a.length) out.push({ kind: 'answers', lines: a, weight: a.length + 1.7 })
    const f = filled(m)
    if (f.length) out.push({ kind: 'form', lines: f, weight: f.length + 1.7 })
    if (steps.includes('materials') || steps.includes('sign')) out.push({ kind: 'papers', lines: [], weight: 4.4 })
    return out
  })
  const room = computed(() => {
    if (frame.value === 'landscape') return elderly.value ? 6.6 : 10
    const base = elderly.value ? 11.5 : 16.2
    return low.value ? base - 2 : base
  })
  const pages = computed(() => paged(blocks.value, room.value))
  return { blocks, pages }
}
