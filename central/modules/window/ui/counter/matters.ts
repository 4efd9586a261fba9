import type { Visit } from './hall'
import type { ParkedRow } from './work'

/** One matter of a visit (一件事): being registered, or handed in. */
export interface Matter {
  id: string
  no: string
  item: string
  at: string
  done: number
  of: number
  parked: boolean
  reason: string
  /** What has become of it, where that is known. */
  state?: string
  state_text?: string
}

/** The matters of a visit in the order in which they were begun: what was handed in, then what is being registered. */
export function mattersOf(v: Visit | null | undefined, drafts: ParkedRow[], past: { no: string; state: string; state_text: string }[] = []): Matter[] {
  if (!v) return []
  const day = v.opened_at.slice(0, 10)
  const mine = drafts.filter((d) => (d.visit ? d.visit === v.id : !!v.ticket_no && d.ticket === v.ticket_no && d.updated_at.slice(0, 10) >= day))
  const become = new Map(past.map((p) => [p.no, p]))
  return [
    ...v.cases.map((c) => ({ state: become.get(c.no)?.state, state_text: become.get(c.no)?.state_text, id: c.no, no: c.no, item: c.item_name, at: c.at, done: 0, of: 0, parked: false, reason: '' })),
    ...mine.map((d) => ({ id: d.id, no: '', item: d.item, at: d.updated_at, done: d.done, of: d.of, parked: d.state === 'parked', reason: d.reason })),
  ].slice(0, 9)
}

/** The one to go on with: the first that is not handed in; the last otherwise. */
export const onWith = (m: Matter[]): number => {
  const i = m.findIndex((x) => !x.no && !x.parked)
  return i >= 0 ? i : m.length - 1
}
