import type { Row } from '../types'

// What the workbench answers (工作台): today's numbers, what goes wrong first, the shelf, the warnings.

export interface Counted {
  received: number
  accepted: number
  finished: number
}

export interface Workbench {
  today: Counted
  mine: Counted
  total: number
  todo: Row[]
  parked: { mine: number; hall: number; old: number }
  warnings: { level: string; text: string; case_no: string }[]
}

export interface ParkedRow {
  id: string
  item: string
  item_code?: string
  applicant: string
  window: string
  ticket: string
  visit?: string
  owner: string
  owner_name: string
  reason: string
  state: string
  updated_at: string
  expires_on: string
  days_left: number
  age_days: number
  done: number
  of: number
  level: string
  /** Where it goes when it is received for another region. */
  across?: string
}

export interface Shelf {
  rows: ParkedRow[]
  received: Row[]
  counts: { mine: number; hall: number; old: number }
}

export interface Found {
  people: { name: string; id_masked: string; cases: number; last_item: string; last_at: string; case_no: string }[]
  cases: Row[]
  items: { code: string; name: string; office: string; handling: string; limit: string }[]
  drafts: ParkedRow[]
}

export interface History {
  name: string
  id_masked: string
  cases: (Row & { failed: string })[]
  papers: { ref: string; case_no: string; material: string; name: string; at: string; pages: number }[]
}

/** The sentence above the shelf (暂存架答句). */
export function shelfAnswer(s: Shelf): string {
  const today = s.rows.filter((r) => r.days_left <= 0).length
  const clock = s.received.length
  if (!s.rows.length && !clock) return '暂存架是空的'
  return [s.rows.length ? `架上 ${s.rows.length} 件` : '架上没有草稿', today && `${today} 件今天到期`, clock && `${clock} 件收了件、钟在走`].filter(Boolean).join('，')
}

/** What is to be done with a parked one, said as an act. */
export const nextAct = (r: ParkedRow): string => (r.days_left <= 0 ? '今天续办，或告诉他要清掉' : r.reason.startsWith('等') ? '等人，来了接着办' : '接着办')
