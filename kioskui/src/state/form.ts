import type { Field, Group, Matter } from '../gen/screen'
import { groupFours, groupId, groupPhone } from './mask'

/** What one screen asks of a group (一屏): fields that are typed, or one choice. Shown holds what the card gave. */
export interface Sheet {
  group: Group
  fields: Field[]
  shown: Field[]
}

export type Pad = 'text' | 'digits' | 'id' | 'none'

interface Property {
  maxLength?: number
  minItems?: number
  maxItems?: number
  pattern?: string
  format?: string
  type?: string | string[]
  items?: Schema & Property
}
interface Schema {
  required?: string[]
  properties?: Record<string, Property>
}

const schemaOf = (m: Matter): Schema => (m.item.form.schema ?? {}) as Schema

/**
 * What is typed is one flat record of texts (填写内容): a plain field by its name, several choices joined by line breaks, a
 * cell of repeated lines by its path staff/0/who, which is also how the agent names it when it is wrong.
 */
export type Typed = Record<string, string>

export const cellName = (rows: string, line: number, column: string): string => `${rows}/${line}/${column}`
export const picked = (typed: string): string[] => (typed ? typed.split('\n') : [])

function ruleOf(m: Matter, f: Field): Property | undefined {
  const [rows, , column] = f.name.split('/')
  const p = schemaOf(m).properties?.[rows!]
  return column === undefined ? p : p?.items?.properties?.[column]
}

export const isRows = (f: Field): boolean => f.widget === 'rows'
export const isMulti = (f: Field): boolean => f.widget === 'multi'
export const isArea = (f: Field): boolean => f.widget === 'area'
/** Its rows take the place of the keyboard. */
export const isChoice = (f: Field): boolean => isMulti(f) || f.widget === 'choice' || (f.widget === 'district' && (f.options?.length ?? 0) > 0)

/** The columns of one line as fields of their own. */
export const cellsOf = (f: Field, line: number): Field[] => (f.columns ?? []).map((c) => ({ ...c, name: cellName(f.name, line, c.name) }))

/** How many lines may there be at most. */
export const maxLines = (m: Matter, f: Field): number => f.max_rows || ruleOf(m, f)?.maxItems || 20
export const minLines = (m: Matter, f: Field): number => Math.max(f.min_rows ?? 0, ruleOf(m, f)?.minItems ?? 0, isRequired(m, f) ? 1 : 0)
export const maxPicks = (m: Matter, f: Field): number => ruleOf(m, f)?.maxItems ?? f.options?.length ?? 0

/** Splits a group into screens of at most per typed fields; a choice has its own, since its rows take the place of the keyboard. */
export function sheetsOf(group: Group, per: number): Sheet[] {
  const fields = group.fields ?? []
  const shown = fields.filter((f) => f.widget === 'readonly')
  const sheets: Sheet[] = []
  let open: Field[] = []
  const close = (): void => {
    if (open.length) sheets.push({ group, fields: open, shown: [] })
    open = []
  }
  for (const f of fields) {
    if (f.widget === 'readonly') continue
    if (isChoice(f) || isRows(f) || isArea(f)) {
      close()
      sheets.push({ group, fields: [f], shown: [] })
      continue
    }
    open.push(f)
    if (open.length >= per) close()
  }
  close()
  if (sheets.length === 0) sheets.push({ group, fields: [], shown: [] })
  for (const s of sheets) s.shown = shown
  return sheets
}

/** Which keyboard a field wants. */
export function padOf(m: Matter, f: Field): Pad {
  if (isChoice(f) || isRows(f) || f.widget === 'readonly') return 'none'
  if (f.widget === 'phone' || f.widget === 'date') return 'digits'
  if (f.widget === 'digits') return isIdNumber(m, f) ? 'id' : 'digits'
  return isIdNumber(m, f) ? 'id' : 'text'
}

function isIdNumber(m: Matter, f: Field): boolean {
  return ruleOf(m, f)?.format === 'cn-id' || /(^|_)id(_number|_no)?$/.test(f.name.split('/').pop()!)
}

/** Longest value in characters. */
export function limitOf(m: Matter, f: Field): number {
  if (f.widget === 'phone') return 11
  if (f.widget === 'date') return 8
  if (padOf(m, f) === 'id') return 18
  return ruleOf(m, f)?.maxLength ?? (isArea(f) ? 200 : 60)
}

/** Must be filled in once it is asked; what stands in a group that hangs on another entry is written there by the schema. */
export function isRequired(m: Matter, f: Field): boolean {
  const [rows, , column] = f.name.split('/')
  const schema = schemaOf(m)
  if (column !== undefined) return schema.properties?.[rows!]?.items?.required?.includes(column) ?? false
  if (schema.required?.includes(f.name)) return true
  const all = (schema as { allOf?: { then?: Schema }[] }).allOf ?? []
  return all.some((c) => c.then?.required?.includes(f.name))
}

/** How many characters a field of fixed length still misses; 0 when it has none or nothing is typed yet. */
export function missing(m: Matter, f: Field, value: string): number {
  const length = f.widget === 'phone' ? 11 : f.widget === 'date' ? 8 : padOf(m, f) === 'id' ? 18 : 0
  return value ? Math.max(0, length - value.length) : 0
}

/** What is typed: dates without dashes, several choices line by line, everything else as text. */
export function toTyped(f: Field, value: unknown): string {
  if (value === undefined || value === null) return ''
  if (isMulti(f)) return Array.isArray(value) ? value.join('\n') : ''
  const s = String(value)
  return f.widget === 'date' ? s.replace(/\D/g, '') : s
}

/** Puts the values of a field where they can be typed on; returns the number of lines of repeated ones. */
export function unpack(f: Field, value: unknown, typed: Typed): number {
  if (!isRows(f)) {
    typed[f.name] = toTyped(f, value)
    return 0
  }
  const lines = Array.isArray(value) ? (value as Record<string, unknown>[]) : []
  lines.forEach((line, i) => {
    for (const c of f.columns ?? []) typed[cellName(f.name, i, c.name)] = toTyped(c, line[c.name])
  })
  return lines.length
}

/** What is sent. A number stays a number where the form's schema wants one. */
export function toValue(m: Matter, f: Field, typed: string): unknown {
  if (isMulti(f)) return picked(typed)
  const s = typed.trim()
  if (f.widget === 'date' && /^\d{8}$/.test(s)) return `${s.slice(0, 4)}-${s.slice(4, 6)}-${s.slice(6)}`
  const type = ruleOf(m, f)?.type
  const types = Array.isArray(type) ? type : [type]
  if ((types.includes('integer') || types.includes('number')) && /^-?\d+(\.\d+)?$/.test(s)) return Number(s)
  if (types.includes('boolean') && (s === 'true' || s === 'false')) return s === 'true'
  return s
}

/** Lines as they are sent; what is empty in a line is left out. */
function linesOf(m: Matter, f: Field, typed: Typed, count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, i) => {
    const line: Record<string, unknown> = {}
    for (const c of f.columns ?? []) {
      const cell = { ...c, name: cellName(f.name, i, c.name) }
      const s = typed[cell.name] ?? ''
      if (s.trim()) line[c.name] = toValue(m, cell, s)
    }
    return line
  })
}

/** Grouped as people read it: 139 0816 2150. */
export function display(m: Matter, f: Field, typed: string): string {
  const label = (v: string): string => f.options?.find((o) => o.value === v)?.label ?? v
  if (isMulti(f)) return picked(typed).map(label).join('、')
  if (isChoice(f)) return label(typed)
  if (f.widget === 'phone') return groupPhone(typed)
  if (f.widget === 'date') return [typed.slice(0, 4), typed.slice(4, 6), typed.slice(6)].filter(Boolean).join(' ')
  const pad = padOf(m, f)
  if (pad === 'id') return groupId(typed)
  return pad === 'digits' && typed.length > 10 ? groupFours(typed) : typed
}

/**
 * The values of a group as they go to the agent. What only shows is left out: the agent has it from the card, and the page
 * may hold it masked.
 */
export function entries(m: Matter, group: Group, typed: Typed, counts: Record<string, number> = {}): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const f of group.fields ?? []) {
    if (isRows(f)) {
      const n = counts[f.name] ?? 0
      if (n > 0 || isRequired(m, f) || m.values?.[f.name]) out[f.name] = linesOf(m, f, typed, n)
      continue
    }
    const s = typed[f.name] ?? ''
    if (f.widget === 'readonly' || s.includes('*')) continue
    if (s.trim() === '' && !isRequired(m, f) && !m.values?.[f.name]) continue
    out[f.name] = toValue(m, f, s)
  }
  return out
}

/** One line in a few words: what stands in its first columns. */
export function lineText(m: Matter, f: Field, typed: Typed, line: number, columns = 3): string {
  return cellsOf(f, line)
    .map((c) => (c.masked ? mask(typed[c.name] ?? '') : display(m, c, typed[c.name] ?? '')))
    .filter(Boolean)
    .slice(0, columns)
    .join('，')
}

const mask = (s: string): string => (s.length > 6 ? `…${s.slice(-4)}` : s)

/** Takes one line away; those behind it move up. */
export function dropLine(f: Field, typed: Typed, line: number, count: number): void {
  for (let i = line; i < count; i++) {
    for (const c of f.columns ?? []) {
      const next = typed[cellName(f.name, i + 1, c.name)]
      if (i + 1 < count) typed[cellName(f.name, i, c.name)] = next ?? ''
      else delete typed[cellName(f.name, i, c.name)]
    }
  }
}
