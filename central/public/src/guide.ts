import { check as shared, keep, shown, type FieldError, type Form as Checked, type Values } from '@kiosk/kit/formcheck'

// What anybody may ask about a matter, and the form that belongs to it (办事指南、填表). Types are those of the server's answers.

export interface Row {
  code: string
  name: string
  office: string
  category: string
  limit: string
  fee: string
  kiosk: boolean
  halted: string
}
export interface List {
  items: Row[]
  categories: { key: string; name: string; count: number }[]
  total: number
  searched: string
  hint: string
  nearest: boolean
}
export interface Guide extends Row {
  version: number
  summary: string
  statutory: string
  law: { name: string; article: string; text?: string }[] | null
  conditions: string[] | null
  signers: string[]
  result: { name: string; how: string }
  sample: string[] | null
  paused?: { reason: string; since: string }
  channels: string[]
  questions: number
  form?: { id: string; version: number; title: string }
  steps: { name: string; dept: string; limit: string }[]
  fees: { name: string; standard: string; law: string; relief?: string }[]
  faq: { q: string; a: string }[]
  windows: string
  link_way: string
  supervise_way: string
}
export interface Paper {
  code: string
  name: string
  plain: string
  how: string
  need: 'required' | 'exempt' | 'deferrable' | 'unknown'
  note: string
  why: string
  because: { question: string; answer: string; law?: string }[] | null
  copies: number
  original: boolean
  defer_days: number
  commitment: boolean
  source_by: string
  standard: string
}
export interface Question {
  id: string
  text: string
  why: string
  law?: string
  options: { value: string; label: string; hint?: string; stop?: string }[]
}
export interface Asked {
  version: number
  answers: Record<string, string>
  said: { id: string; question: string; answer: string }[]
  question?: Question
  no: number
  of: number
  settled: boolean
  stop: string
  materials: Paper[]
  groups: string[]
  signers: string[]
}
export interface Field {
  name: string
  label: string
  widget: string
  columns?: Field[] | null
  min_rows?: number
  max_rows?: number
  source?: string
  hint?: string
  options?: { value: string; label: string }[] | null
}
export interface Group {
  id: string
  title: string
  show?: { field: string; is: string[] } | null
  fields: Field[] | null
}
export interface Form {
  id: string
  version: number
  title: string
  schema: { required?: string[]; properties?: Record<string, { maxLength?: number; maxItems?: number; minItems?: number; items?: { required?: string[] } }>; allOf?: { then?: { required?: string[] } }[] }
  groups: Group[]
}

const base = '/api/public/v1'

async function ask<T>(path: string, body?: unknown): Promise<T> {
  let res: Response
  try {
    res = await fetch(base + path, { signal: AbortSignal.timeout(12_000), ...(body === undefined ? {} : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }) })
  } catch {
    throw new Error('网络不通，过一会儿再试')
  }
  if (res.status === 404) throw new Error('没有这件事，请从列表里重新选')
  if (!res.ok) throw new Error('现在查不了，过一会儿再试')
  return (await res.json()) as T
}

const at = (code: string): string => '/catalogue/items/' + encodeURIComponent(code)
export const list = (q: string, category = '') => ask<List>('/catalogue/items?' + new URLSearchParams({ q, category }).toString())
export const guide = (code: string) => ask<Guide>(at(code))
export const askNext = (code: string, answers: Record<string, string>) => ask<Asked>(at(code) + '/ask', { answers })
export const form = (id: string, version: number) => ask<{ form: Form }>(`/forms/${encodeURIComponent(id)}?version=${version}`).then((x) => x.form)
export const checkWhole = (code: string, answers: Record<string, string>, values: Values) => ask<{ errors: FieldError[] | null }>(at(code) + '/check', { answers, values }).then((x) => x.errors ?? [])

/** The filled form as PDF; nothing of it stays at the centre. */
export async function print(id: string, version: number, values: Values): Promise<Blob> {
  const res = await fetch(`${base}/forms/${encodeURIComponent(id)}/print`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() }, body: JSON.stringify({ version, values }) })
  if (!res.ok) throw new Error('现在排不了版，过一会儿再试')
  return res.blob()
}

/** The screens that apply: to the answers, and to what was filled in before. */
export function screens(f: Form, groups: string[], values: Values): Group[] {
  const open = new Set(shown(f as unknown as Checked, values).map((g) => g.id))
  return f.groups.filter((g) => groups.includes(g.id) && open.has(g.id))
}

/** What is wrong on one screen, by the rules that the server has too. */
export const wrong = (f: Form, values: Values, g: Group): FieldError[] => shared(f as unknown as Checked, values, (g.fields ?? []).map((x) => x.name))

/** What would be handed in: entries of hidden screens are left out. */
export function handed(f: Form, groups: string[], values: Values): Values {
  const names = new Set(f.groups.filter((g) => groups.includes(g.id)).flatMap((g) => (g.fields ?? []).map((x) => x.name)))
  return Object.fromEntries(Object.entries(keep(f as unknown as Checked, values)).filter(([k, v]) => names.has(k) && v !== '' && !(Array.isArray(v) && v.length === 0)))
}

export const required = (f: Form, name: string): boolean =>
  (f.schema.required ?? []).includes(name) || (f.schema.allOf ?? []).some((c) => (c.then?.required ?? []).includes(name))

/** Answers say nothing about who gave them, so they stay on this machine for a week (回答留 7 天). */
const week = 7 * 24 * 3600_000
export function keptAnswers(code: string): Record<string, string> {
  try {
    const k = JSON.parse(localStorage.getItem('answers:' + code) ?? '') as { at: number; answers: Record<string, string> }
    return Date.now() - k.at < week ? k.answers : {}
  } catch {
    return {}
  }
}
export function keepAnswers(code: string, answers: Record<string, string>): void {
  try {
    localStorage.setItem('answers:' + code, JSON.stringify({ at: Date.now(), answers }))
  } catch {
    // a browser that keeps nothing still asks
  }
}

/** What is filled in is about a person: it stays in this tab, goes when the tab is closed, and never to the centre (草稿). */
export const draft = {
  read(code: string): Values {
    try {
      return JSON.parse(sessionStorage.getItem('form:' + code) ?? '{}') as Values
    } catch {
      return {}
    }
  },
  write(code: string, values: Values): void {
    try {
      sessionStorage.setItem('form:' + code, JSON.stringify(values))
    } catch {
      // kept in memory then
    }
  },
  wipe: (code: string): void => sessionStorage.removeItem('form:' + code),
}
export type { FieldError, Values }
