import { computed } from 'vue'
import type { Matter } from '../gen/screen'
import { words } from '../i18n'
import { display, isRows, lineText, toTyped, unpack, type Typed } from './form'
import { elderly, frame, low } from './frame'
import { session } from './session'
import { stepsOf } from './steps'

export interface Line {
  label: string
  value: string
  group?: string // of the form, for 修改
  rows?: number // lines of the page that it takes, where more than one
}

/** A block of the check page (核对块); edit is the step that 修改 opens. */
export interface Block {
  kind: 'applicant' | 'answers' | 'form' | 'papers'
  lines: Line[]
  head: number // height without its lines, in lines of the page
}

/** Characters that one line of the page holds beside its label. In landscape two stand side by side. */
const wide = (): number => (frame.value === 'landscape' ? (elderly.value ? 8 : 11) : elderly.value ? 15 : 22)
const heightOf = (value: string): number => Math.max(1, Math.ceil([...value].length / wide()))

function filled(m: Matter): Line[] {
  const out: Line[] = []
  const put = (group: string, label: string, value: string): void => void out.push({ group, label, value, rows: heightOf(value) })
  for (const g of m.groups ?? []) {
    for (const f of g.fields ?? []) {
      if (isRows(f)) {
        const typed: Typed = {}
        const n = unpack(f, m.values?.[f.name], typed)
        for (let i = 0; i < n; i++) put(g.id, `${f.label} ${i + 1}`, lineText(m, f, typed, i, f.columns?.length))
        continue
      }
      const s = toTyped(f, m.values?.[f.name])
      if (f.widget === 'readonly' || !s) continue
      // A number that is to be masked shows its tail: enough to check, not enough to read over a shoulder.
      put(g.id, f.label, f.masked && s.length > 6 ? words.value.tail(s.slice(-4)) : display(m, f, s))
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

/**
 * Splits the blocks into pages that do not overflow; a block that is too long goes on on the next page. unit is the height
 * of a line: a half where two stand side by side.
 */
export function paged(blocks: Block[], room: number, unit = 1): Block[][] {
  const pages: Block[][] = [[]]
  let used = 0
  const tall = (lines: Line[]): number => lines.reduce((sum, l) => sum + (l.rows ?? 1), 0)
  const put = (b: Block): void => {
    pages[pages.length - 1]!.push(b)
    used += b.head + Math.ceil(tall(b.lines) * unit)
  }
  const turn = (): void => {
    if (used === 0) return
    pages.push([])
    used = 0
  }
  /** How many lines from the start fit into a height. */
  const fitting = (lines: Line[], height: number): number => {
    let n = 0
    for (let sum = 0; n < lines.length && (sum += lines[n]!.rows ?? 1) <= height; n++);
    return n
  }
  for (const b of blocks) {
    if (b.lines.length === 0) {
      if (used + b.head > room) turn()
      put(b)
      continue
    }
    for (let rest = b.lines; rest.length > 0; ) {
      const fit = fitting(rest, Math.floor((room - used - b.head) / unit))
      // One line alone under a heading reads badly: rather begin the block on the next page.
      if (fit < Math.min(2, rest.length) && used > 0) {
        turn()
        continue
      }
      const n = Math.max(1, fit)
      put({ ...b, lines: rest.slice(0, n) })
      rest = rest.slice(n)
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
    const out: Block[] = [{ kind: 'applicant', lines: [], head: 4 }]
    const a = answered(m)
    if (a.length) out.push({ kind: 'answers', lines: a, head: 2.4 })
    const f = filled(m)
    if (f.length) out.push({ kind: 'form', lines: f, head: 2.4 })
    if (steps.includes('materials') || steps.includes('sign')) out.push({ kind: 'papers', lines: [], head: 5.3 })
    return out
  })
  const room = computed(() => {
    if (frame.value === 'landscape') return elderly.value ? 6.6 : 10.6
    const base = elderly.value ? 11.5 : 18
    return low.value ? base - 2 : base
  })
  const pages = computed(() => paged(blocks.value, room.value, frame.value === 'landscape' ? 0.5 : 1))
  return { blocks, pages }
}
