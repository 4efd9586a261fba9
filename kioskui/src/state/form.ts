import type { Field, Group, Matter } from '../gen/screen'
import { groupFours, groupId, groupPhone } from './mask'

/** What one screen asks of a group (一屏): fields that are typed, or one choice. Shown holds what the card gave. */
export interface Sheet {
  group: Group
  fields: Field[]
  shown: Field[]
}

export type Pad = 'text' | 'digits' | 'id' | 'none'

interface Schema {
  required?: string[]
  properties?: Record<string, { maxLength?: number; pattern?: string; format?: string; type?: string | string[] }>
}

const schemaOf = (m: Matter): Schema => (m.item.form.schema ?? {}) as Schema

export const isChoice = (f: Field): boolean => f.widget === 'choice' || (f.widget === 'district' && (f.options?.length ?? 0) > 0)

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
    if (isChoice(f)) {
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
  if (isChoice(f) || f.widget === 'readonly') return 'none'
  if (f.widget === 'phone' || f.widget === 'date') return 'digits'
  if (f.widget === 'digits') return isIdNumber(m, f) ? 'id' : 'digits'
  return isIdNumber(m, f) ? 'id' : 'text'
}

function isIdNumber(m: Matter, f: Field): boolean {
  const p = schemaOf(m).properties?.[f.name]
  return p?.format === 'cn-id' || /(^|_)id(_number|_no)?$/.test(f.name)
}

/** Longest value in characters. */
export function limitOf(m: Matter, f: Field): number {
  if (f.widget === 'phone') return 11
  if (f.widget === 'date') return 8
  if (padOf(m, f) === 'id') return 18
  return schemaOf(m).properties?.[f.name]?.maxLength ?? 60
}

export const isRequired = (m: Matter, f: Field): boolean => schemaOf(m).required?.includes(f.name) ?? false

/** How many characters a field of fixed length still misses; 0 when it has none or nothing is typed yet. */
export function missing(m: Matter, f: Field, value: string): number {
  const length = f.widget === 'phone' ? 11 : f.widget === 'date' ? 8 : padOf(m, f) === 'id' ? 18 : 0
  return value ? Math.max(0, length - value.length) : 0
}

/** What is typed: dates without dashes, everything else as text. */
export function toTyped(f: Field, value: unknown): string {
  if (value === undefined || value === null) return ''
  const s = String(value)
  return f.widget === 'date' ? s.replace(/\D/g, '') : s
}

/** What is sent. A number stays a number where the form's schema wants one. */
export function toValue(m: Matter, f: Field, typed: string): unknown {
  const s = typed.trim()
  if (f.widget === 'date' && /^\d{8}$/.test(s)) return `${s.slice(0, 4)}-${s.slice(4, 6)}-${s.slice(6)}`
  const type = schemaOf(m).properties?.[f.name]?.type
  const types = Array.isArray(type) ? type : [type]
  if ((types.includes('integer') || types.includes('number')) && /^-?\d+(\.\d+)?$/.test(s)) return Number(s)
  if (types.includes('boolean') && (s === 'true' || s === 'false')) return s === 'true'
  return s
}

/** Grouped as people read it: 139 0816 2150. */
export function display(m: Matter, f: Field, typed: string): string {
  if (isChoice(f)) return f.options?.find((o) => o.value === typed)?.label ?? typed
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
export function entries(m: Matter, group: Group, typed: Record<string, string>): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const f of group.fields ?? []) {
    const s = typed[f.name] ?? ''
    if (f.widget === 'readonly' || s.includes('*')) continue
    if (s.trim() === '' && !isRequired(m, f) && !m.values?.[f.name]) continue
    out[f.name] = toValue(m, f, s)
  }
  return out
}
