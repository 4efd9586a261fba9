import { check, shown, type Form } from '@kiosk/kit/formcheck'
import type { Design, Field, FieldError, Group, Values } from '../types'
import { sampleOf } from './ink'
import { specOf } from './fields'

// A form being tried (填一遍): which screens appear, what is sent, a sample to begin with. The verdict is the server's and the browser's.

const formOf = (d: Design): Form => ({ id: d.id, version: d.version, title: d.title, schema: d.schema, groups: d.screens })

/** Screens that apply to what was filled in. */
export const shownGroups = (d: Design, values: Values): Group[] => {
  const ids = new Set(shown(formOf(d), values).map((g) => g.id))
  return d.screens.filter((g) => ids.has(g.id))
}

/** What the browser says of a filled form, by the rules that phones use. */
export const verdict = (d: Design, values: Values, only?: string[]): FieldError[] => check(formOf(d), values, only ?? null)

/** What is sent: nothing of a screen that does not appear, nothing empty. */
export function sent(d: Design, values: Values): Values {
  const names = new Set(shownGroups(d, values).flatMap((g) => g.fields.map((f) => f.name)))
  return Object.fromEntries(Object.entries(values).filter(([k, v]) => names.has(k) && v !== '' && v !== undefined && !(Array.isArray(v) && !v.length)))
}

/** What entries with a pattern of their own often want: a number of a paper, a short one, a year. */
const coded = ['20260001', '2026', '26', '6', 'A26']
const one = (d: Design, path: string): string => {
  const s = specOf(d, path)
  if (!s) return ''
  if (s.rule.enum?.length) return s.rule.enum[0]!
  if (s.field.widget === 'digits') return /(\d+)\s*到/.exec(s.rule['x-message'] ?? '')?.[1] ?? '1'
  const pattern = s.rule.pattern ? new RegExp(s.rule.pattern, 'u') : undefined
  const text = [sampleOf(s), ...coded].find((t) => !pattern || pattern.test(t)) ?? sampleOf(s)
  const short = text.slice(0, s.rule.maxLength ?? 200)
  return short.length < (s.rule.minLength ?? 0) ? short.padEnd(s.rule.minLength!, '样') : short
}

/** A sample of every entry; ids stand on a county that does not exist. */
export function samples(d: Design): Values {
  const of = (f: Field): unknown => {
    if (f.widget === 'multi') return f.options?.slice(0, 1).map((o) => o.value) ?? []
    if (f.widget === 'rows') return Array.from({ length: Math.max(1, f.min_rows ?? 1) }, () => Object.fromEntries((f.columns ?? []).map((c) => [c.name, one(d, `${f.name}/${c.name}`)])))
    return one(d, f.name)
  }
  return Object.fromEntries(d.screens.flatMap((g) => g.fields).map((f) => [f.name, of(f)]))
}

/** 请填写… under its entry: errors of one entry, those of its rows by "row/column". */
export const errorsOf = (errors: { field: string; message: string }[], name: string) => errors.filter((e) => e.field === name || e.field.startsWith(name + '/'))
