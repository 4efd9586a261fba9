// formcheck judges what is filled into an official form (表单校验) in the browser as the server does (fleet/wire/matter/form): the
// same verdict, the same fields, the same sentences. The server's is the one that counts.

import { judge, type Fault, type Schema } from './schema'
import { message, missing, wrongShape, type Known, type Shape } from './words'
import type { Field, FieldError, Form, Group, Values } from './types'

export type { Field, FieldError, Filled, Form, Group, Option, Values } from './types'
export { unwanted } from './words'

const maxEntries = 200
const maxCells = 2000
const maxBytes = 4 * 2000

/** check returns what is wrong with values, in the order of the form, at most one sentence a field. only limits it to the named
 * fields, those of one screen; null means all, and then fields under a condition on an item's answers may be absent. */
export function check(form: Form, values: Values, only: string[] | null = null): FieldError[] {
  const must = new Set<string>()
  for (const g of form.groups ?? []) {
    for (const f of g.fields ?? []) {
      if (only === null ? !g.when : only.includes(f.name)) must.add(f.name)
    }
  }
  const looked = (name: string): boolean => only === null || only.includes(name)
  const fields = knownOf(form)
  if (Object.keys(values).length > maxEntries || cells(values) > maxCells) return [{ field: '', message: '填的项太多了，请退出后重新办理' }]

  const errors: FieldError[] = []
  const doc: Values = {}
  for (const name of Object.keys(values).sort(byCode)) {
    const f = fields[name]
    if (!f) {
      errors.push({ field: name, message: '表里没有这一项' })
      continue
    }
    const [value, faults] = taken(f, values[name])
    if (looked(name)) errors.push(...faults)
    if (value !== undefined) doc[name] = value
  }
  const faults = judge((form.schema ?? {}) as Schema, doc)
  for (const fault of [...faults.filter((f) => f.rule === 'false'), ...faults.filter((f) => f.rule !== 'false')]) {
    errors.push(...said(fields, fault, looked, (name) => must.has(name)))
  }
  return ordered(form, errors)
}

/** shown returns the groups that apply to what was filled in; what stands in a hidden group counts as not there. */
export function shown(form: Form, values: Values): Group[] {
  const out: Group[] = []
  const home = new Map<string, string>()
  for (const g of form.groups ?? []) for (const f of g.fields ?? []) home.set(f.name, g.id)
  for (const g of form.groups ?? []) {
    if (!g.show || (out.some((before) => before.id === home.get(g.show!.field)) && holds(values[g.show.field], g.show.is ?? []))) out.push(g)
  }
  return out
}

const holds = (v: unknown, is: string[]): boolean =>
  typeof v === 'string' ? is.includes(v) : Array.isArray(v) && v.some((one) => typeof one === 'string' && is.includes(one))

/** keep drops what stands in groups that are hidden. */
export function keep(form: Form, values: Values): Values {
  const names = new Set(shown(form, values).flatMap((g) => (g.fields ?? []).map((f) => f.name)))
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)))
}

/** Names in the order of the server, by UTF-8 bytes, which is that of code points. */
function byCode(a: string, b: string): number {
  const x = [...a]
  const y = [...b]
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const d = (x[i]!.codePointAt(0) ?? 0) - (y[i]!.codePointAt(0) ?? 0)
    if (d !== 0) return d
  }
  return x.length - y.length
}

function knownOf(form: Form): Record<string, Known> {
  const fields = members(((form.schema ?? {}) as Schema).properties)
  for (const g of form.groups ?? []) for (const f of g.fields ?? []) name(fields, f)
  return fields
}

function members(properties: Schema['properties']): Record<string, Known> {
  const out: Record<string, Known> = Object.create(null) as Record<string, Known>
  for (const [key, rule] of Object.entries(properties ?? {})) {
    const p = typeof rule === 'boolean' ? {} : rule
    let shape: Shape = 'single'
    let columns: Record<string, Known> = {}
    if (p.type === 'array' && p.items) {
      shape = p.items.type === 'object' ? 'rows' : 'multi'
      if (shape === 'rows') columns = members(p.items.properties)
    }
    out[key] = { name: key, label: p.title ?? '', widget: '', sourced: false, hint: p['x-message'] ?? '', shape, columns }
  }
  return out
}

function name(fields: Record<string, Known>, f: Field): void {
  const known = fields[f.name]
  if (!known) return
  known.label = f.label
  known.widget = f.widget
  known.sourced = !!f.source
  for (const c of f.columns ?? []) name(known.columns, c)
}

type Taken = [value: unknown, faults: FieldError[]]

function taken(f: Known, v: unknown): Taken {
  if (f.shape === 'single') {
    const [value, fault] = plain(v)
    return fault ? [undefined, [{ field: f.name, message: f.label + fault }]] : [value, []]
  }
  if (v === null || v === undefined || v === '') return [undefined, []]
  const wrong: Taken = [undefined, [{ field: f.name, message: f.label + wrongShape }]]
  if (!Array.isArray(v)) return wrong
  return f.shape === 'multi' ? several(f, v) : lines(f, v, wrong)
}

function several(f: Known, v: unknown[]): Taken {
  const out: unknown[] = []
  for (const one of v) {
    const [value, fault] = plain(one)
    if (fault) return [undefined, [{ field: f.name, message: f.label + fault }]]
    if (value !== undefined) out.push(value)
  }
  return [out.length > 0 ? out : undefined, []]
}

function lines(f: Known, v: unknown[], wrong: Taken): Taken {
  const out: unknown[] = []
  const errors: FieldError[] = []
  for (const [i, one] of v.entries()) {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return wrong
    const line: Values = {}
    for (const [key, cell] of Object.entries(one)) {
      const path = `${f.name}/${i}/${key}`
      const column = Object.hasOwn(f.columns, key) ? f.columns[key] : undefined
      if (!column) {
        errors.push({ field: path, message: '表里没有这一项' })
        continue
      }
      const [value, fault] = plain(cell)
      if (fault) errors.push({ field: path, message: column.label + fault })
      else if (value !== undefined) line[key] = value
    }
    out.push(line)
  }
  return [out.length > 0 ? out : undefined, errors]
}

// White space as the server trims it, and characters that make two entries look alike.
const blank = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/
const unseen = /[\p{Cc}\p{Cf}]/u

/** whole turns half a character into what it becomes on its way to the server. */
const whole = (s: string): string => [...s].map((c) => (c.length === 1 && c >= '\ud800' && c <= '\udfff' ? '\ufffd' : c)).join('')

/** plain returns the value as the schema sees it; what is left empty counts as absent. */
function plain(v: unknown): [value: unknown, fault: string] {
  if (v === null || v === undefined) return [undefined, '']
  if (typeof v === 'string') {
    const s = whole(v)
    if (new TextEncoder().encode(s).length > maxBytes) return [undefined, '太长了，请写短些']
    if (blank.test(s)) return [undefined, '']
    if (unseen.test(s)) return [undefined, '里有看不见的字符，请擦掉重新填']
    return [s, '']
  }
  if (typeof v === 'boolean') return [v, '']
  if (typeof v === 'number') return Number.isFinite(v) ? [v, ''] : [undefined, '不是数字']
  return [undefined, wrongShape]
}

function cells(values: Values): number {
  let n = 0
  for (const v of Object.values(values)) {
    if (!Array.isArray(v)) continue
    n += v.length
    for (const one of v) if (typeof one === 'object' && one !== null && !Array.isArray(one)) n += Object.keys(one).length
  }
  return n
}

function said(fields: Record<string, Known>, fault: Fault, looked: (n: string) => boolean, must: (n: string) => boolean): FieldError[] {
  if (fault.rule === 'additionalProperties') return [] // said before, by name
  const [first, line, column] = fault.at
  if (first === undefined) {
    if (!fault.missing) return [{ field: '', message: '填的几项互相对不上，请呼叫工作人员' }]
    return fault.missing.filter((n) => looked(n) && must(n)).map((n) => ({ field: n, message: missing(fields[n]!) }))
  }
  if (!looked(first)) return []
  let f = fields[first]!
  let path = first
  if (f.shape === 'rows' && line !== undefined) {
    path += '/' + line
    if (fault.missing) return fault.missing.map((n) => ({ field: path + '/' + n, message: missing(f.columns[n]!) }))
    if (column !== undefined) {
      f = f.columns[column]!
      path += '/' + column
    }
  }
  return [{ field: path, message: message(f, fault) }]
}

const last = 1 << 20

/** ordered sorts by the form's own order, unknown names last, and keeps the first sentence of each field. */
function ordered(form: Form, errors: FieldError[]): FieldError[] {
  const places = new Map<string, [number, number]>()
  let at = 0
  for (const g of form.groups ?? []) {
    for (const f of g.fields ?? []) {
      places.set(f.name, [++at, 0])
      for (const [i, c] of (f.columns ?? []).entries()) places.set(`${f.name}/${c.name}`, [at, i + 1])
    }
  }
  const place = (path: string): [number, number, number] => {
    const parts = path.split('/')
    if (parts.length < 3) return [places.get(path)?.[0] ?? last, 0, 0]
    const known = places.get(`${parts[0]}/${parts[2]}`)
    const line = /^[0-9]+$/.test(parts[1]!) ? Number(parts[1]) + 1 : 0
    return [known?.[0] ?? places.get(parts[0]!)?.[0] ?? last, line, known?.[1] ?? last]
  }
  const keyed = errors.map((e) => ({ e, p: place(e.field) }))
  keyed.sort((a, b) => a.p[0] - b.p[0] || a.p[1] - b.p[1] || a.p[2] - b.p[2] || byCode(a.e.field, b.e.field))
  const seen = new Set<string>()
  return keyed.map((k) => k.e).filter((e) => !seen.has(e.field) && !!seen.add(e.field))
}
