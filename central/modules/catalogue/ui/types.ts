// What the pages handle (页面用的类型). The entry is written out because the pages change it; what the server only answers comes
// from its document.

export interface Cond {
  all?: Cond[]
  any?: Cond[]
  not?: Cond
  q?: string
  is?: string[]
}
export interface Option {
  value: string
  label: string
  hint?: string
  stop?: string
}
export interface Question {
  id: string
  text: string
  why: string
  law?: string
  when?: Cond
  options: Option[]
}
export interface Material {
  code: string
  name: string
  plain: string
  how?: string
  why: string
  when?: Cond
  exempt?: Cond
  exempt_by?: string
  max_pages: number
  copies: number
  original?: boolean
  defer_days?: number
}
export interface Trait {
  code: string
  type: string
  format: string
  need: string
  source: string
  source_by: string
  licence?: string
  commitment?: boolean
  trust?: string
  standard: string
  fill?: string
  sample?: string
}
export interface Limit {
  days: number
  unit: string
}
export interface Point {
  id: string
  on: string
  ref?: string
  text: string
  law?: string
  when?: Cond
}
export interface Step {
  id: string
  name: string
  dept: string
  role: string
  limit: Limit
  special?: string
}
export interface Fee {
  name: string
  standard: string
  law: string
  relief?: string
}
export interface Faq {
  q: string
  a: string
}
export interface Law {
  name: string
  article: string
  text?: string
}
export interface Smart {
  model: string
  reason: string
  conditions: { id: string; text: string; law: string }[]
  elements: SmartElement[]
  rules: SmartRule[]
  shares: SmartShare[]
}
export interface SmartElement {
  id: string
  name: string
  type: string
  carrier: string
  ref: string
  model?: string
}
export interface SmartRule {
  id: string
  point: string
  step: string
  rule: string
  expr: string
  fail: string
  algorithm: string
}
export interface SmartShare {
  id: string
  name: string
  owner: string
  state: string
}
export interface Signer {
  role: string
  label: string
  statement: string
  when?: Cond
  own_card?: boolean
}

/** One version of an item (实施清单). Fields that only the element table touches are reached by their path. */
export interface Entry {
  code: string
  name: string
  version: number
  office: string
  office_code: string
  task_code?: string
  handling: string
  statutory: Limit
  promise: Limit
  law: Law[]
  questions: Question[]
  materials: Material[]
  points: Point[]
  signers: Signer[]
  steps?: Step[]
  fees?: Fee[]
  faq?: Faq[]
  papers?: Trait[]
  smart?: Smart
  form: { id: string; version: number; title: string; groups: { id: string; title: string; when?: Cond; fields: { name: string; label: string }[] }[] }
  form_id?: string
  national: Record<string, unknown>
  [path: string]: unknown
}

// ---- what the server answers ----

/** edit: my draft; review: somebody's draft before me; read: nothing can be changed here. */
export type Mode = 'edit' | 'review' | 'read'

export interface Element {
  name: string
  title: string
  group: string
  path: string
  kind: string
  codes?: string
  must?: string
  help?: string
  derived?: boolean
}
export interface ElementTable {
  groups: { key: string; title: string }[]
  elements: Element[]
  codes: Record<string, { value: string; code: string; title: string }[]>
}
export interface Change {
  element: string
  title: string
  group: string
  path: string
  kind: string
  before: string
  after: string
  words: string
  where: string
}
export interface Finding {
  item?: string
  name?: string
  element: string
  path: string
  severity: string
  text: string
}
export interface Comment {
  id: string
  element: string
  by: string
  at: string
  text: string
  state: string
  answers: { by: string; at: string; text: string }[]
}
export interface GroupCount {
  group: string
  filled: number
  must: number
  missing: string[]
}
export interface Draft {
  code: string
  missing: { element: string; title: string; group: string; table?: string; row?: string }[]
  base: number
  revision: number
  state: string
  state_text: string
  author_name: string
  saved_at: string
  effective: string
  entry: Entry
  acts: string[]
  changes: Change[]
  findings: Finding[]
  comments: Comment[]
  completeness: { filled: number; must: number; groups: GroupCount[] }
  history: { at: string; actor: string; title: string; note: string }[]
}
export interface VersionRow {
  version: number
  state: string
  state_text: string
  effective: string
  until: string
  published_at: string
  published_by: string
  note: string
  running: number
}
export interface Detail {
  code: string
  name: string
  task_code: string
  state: string
  state_text: string
  reason: string
  current?: { version: number; effective: string }
  next?: { version: number; effective: string }
  versions: VersionRow[]
  entry: Entry
  draft?: Draft
  acts: string[]
  running: number
  lineage: { act: string; text: string; other: string; name: string; at: string; done: string; reason: string }[]
}
export interface Tried {
  answers: Record<string, string>
  question?: { id: string; text: string; why: string; law: string; options: Option[]; no: number; of: number }
  settled: boolean
  stop: string
  materials: { code: string; name: string; plain: string; need: string; note: string; copies: number; original: boolean; source: string; trust: string }[]
  groups: { id: string; title: string }[]
  signers: string[]
  fee: string
  limit_text: string
  windows: string
}
export interface Impact {
  rows: { kind: string; title: string; text: string; n: number }[]
}
export interface Applicants {
  n: number
  seed: number
  ok: boolean
  text: string
  at?: string
  bad?: { answers: Record<string, string>; text: string }[]
}
export interface Running {
  total: number
  versions: Record<string, number>
  cases: { case_no: string; version: number; state_text: string; received: string; due: string }[]
}

export interface ItemRow {
  code: string
  task_code: string
  name: string
  office: string
  type: string
  type_text: string
  version: number
  state: string
  state_text: string
  draft_state: string
  draft_text: string
  draft_by: string
  filled: number
  must: number
  faults: number
  smart: boolean
  themes: number
  running: number
  effective: string
}
export interface Items {
  total: number
  page: number
  rows: ItemRow[]
  counts: { all: number; published: number; planned: number; draft: number; review: number; returned: number; approved: number; suspended: number; cancelled: number; incomplete: number; themes: number; smart: number }
  departments: { code: string; name: string; n: number }[]
}
export interface BasicRow {
  code: string
  name: string
  type_text: string
  level_text: string
  state: string
  state_text: string
  claimed_by: string
  item: string
}
export interface BadCell {
  sheet: string
  cell: string
  value: string
  text: string
}
export interface Preview {
  token: string
  new: number
  changed: number
  same: number
  refused: number
  broken: boolean
  bad: BadCell[] | null
  changes: { code: string; name: string; kind: string; line: number; changes: string[] | null }[] | null
}
export interface Imported {
  made: number
  changed: number
  same: number
  refused: number
}
export interface MaterialRow {
  name: string
  names: string[]
  n: number
  items: { code: string; name: string; material: string; need: string }[]
}
export interface Completeness {
  rows: { element: string; title: string; group: string; filled: number; must: number }[]
  items: { code: string; name: string; office: string; missing: { element: string; title: string }[] }[]
  total: number
}
