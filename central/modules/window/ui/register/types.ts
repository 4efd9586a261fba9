// A registration on its way (登记草稿), as the window's own operations speak of it.

export interface Page {
  id: string
  url: string
  mime: string
}

export type Source = '' | 'scan' | 'licence' | 'earlier' | 'later' | 'exempt'

export interface Material {
  code: string
  name: string
  plain: string
  how: string
  why: string
  need: string
  note: string
  defer_days: number
  max_pages: number
  copies: number
  original: boolean
  source: Source
  ref: string
  source_note: string
  original_seen: boolean
  /** The applicant agreed to it on their own phone. */
  shared: boolean
  trust: '' | 'A' | 'B' | 'C' | 'D'
  pages: Page[]
}

export interface Option {
  value: string
  label: string
  hint: string
  stop: string
}

/** One question with its answer, "" while it is open. */
export interface Asked {
  id: string
  text: string
  why: string
  law: string
  answer: string
  options: Option[]
}

export interface Field {
  name: string
  label: string
  widget: string
  hint: string
  source: string
  masked: boolean
  required: boolean
  options: { value: string; label: string }[]
  columns: Field[]
  min_rows: number
  max_rows: number
}

export interface Group {
  id: string
  title: string
  fields: Field[]
}

export interface ReviewPoint {
  id: string
  no: number
  text: string
  law: string
  on: string
  ref: string
  pages: Page[]
  advice?: { ok: boolean; text: string; confidence: number; certain?: boolean }
  /** The clerk has judged it; ok tells how. */
  judged: boolean
  ok: boolean
  note: string
}

export interface Review {
  verdict: 'ok' | 'would_need' | 'would_refuse'
  title: string
  detail: string
  gaps: { what: string; how: string; ref: string; name: string; on: string; deferrable: boolean; fatal: boolean }[]
  points: ReviewPoint[]
}

export interface Applicant {
  type: string
  name: string
  id_number: string
  sex: string
  nation: string
  birth: string
  address: string
  way: string
}

export interface Draft {
  id: string
  revision: number
  state: string
  item: { name: string; code: string; version: number; office: string; handling: string; fee: string; result: string; how: string; law: string[]; conditions: string[]; proof: string[] }
  window: string
  ticket: string
  visit: string
  hall: string
  owner: string
  owner_name: string
  reason: string
  created_at: string
  updated_at: string
  expires_on: string
  applicant: Applicant
  agent?: { name: string; id_number: string; phone?: string; way: string }
  answers: Record<string, string>
  form: Record<string, unknown>
  guide: { question?: Asked; no: number; of: number; settled: boolean; stop: string }
  asked: Asked[]
  groups: Group[]
  schema: unknown
  materials: Material[]
  signers: { role: string; label: string; statement: string; signed: string }[]
  review: Review
  /** The dates if it were accepted today. */
  if_today: string
  /** Where it goes when it is received for another region, in words. */
  across?: string
}
