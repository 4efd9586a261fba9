// The part of JSON Schema 2020-12 that official forms use, judged without compiling code: pages run under a content policy that
// forbids eval, which the usual validators need. Faults carry what the sentences are made of, in the order in which the server
// (fleet/wire/matter/form) finds them. That both agree is proved over generated documents of every shipped form.

import { formats } from './formats'

export type Fault = { at: string[]; rule: string; want?: unknown; got?: number; missing?: string[]; sentence?: string }

export type Schema = {
  type?: string
  const?: unknown
  enum?: unknown[]
  format?: string
  minLength?: number
  maxLength?: number
  pattern?: string
  minItems?: number
  maxItems?: number
  uniqueItems?: boolean
  items?: Schema
  contains?: Schema
  properties?: Record<string, Schema | boolean>
  required?: string[]
  additionalProperties?: boolean
  allOf?: Schema[]
  if?: Schema
  then?: Schema
  else?: Schema
  title?: string
  'x-message'?: string
  'x-show'?: string
}

/** Characters as the server counts them: code points. */
export const count = (s: string): number => [...s].length

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const kindOf = (v: unknown): string =>
  v === null ? 'null' : Array.isArray(v) ? 'array' : typeof v === 'number' && Number.isInteger(v) ? 'integer' : typeof v

const patterns = new Map<string, RegExp>()
const pattern = (source: string): RegExp => {
  let made = patterns.get(source)
  if (!made) {
    made = new RegExp(source, 'u')
    patterns.set(source, made)
  }
  return made
}

/** judge returns the faults of v; a wrong type, value or format hides what else is wrong with it. */
export function judge(schema: Schema | boolean, v: unknown, at: string[] = []): Fault[] {
  if (schema === true) return []
  if (schema === false) return [{ at, rule: 'false' }]
  const kind = kindOf(v)
  if (schema.type && schema.type !== kind && !(schema.type === 'number' && kind === 'integer')) return [{ at, rule: 'type', want: schema.type }]
  if ('const' in schema && !same(v, schema.const)) return [{ at, rule: 'const' }]
  if (schema.enum && !schema.enum.some((one) => same(one, v))) return [{ at, rule: 'enum' }]
  if (schema.format && typeof v === 'string') {
    const sentence = formats[schema.format]?.(v)
    if (sentence) return [{ at, rule: 'format', sentence }]
  }
  const faults: Fault[] = []
  if (Array.isArray(v)) list(schema, v, at, faults)
  else if (typeof v === 'string') text(schema, v, at, faults)
  else if (typeof v === 'object' && v !== null) object(schema, v as Record<string, unknown>, at, faults)
  for (const part of schema.allOf ?? []) faults.push(...judge(part, v, at))
  if (schema.if) {
    const branch = judge(schema.if, v, at).length === 0 ? schema.then : schema.else
    if (branch) faults.push(...judge(branch, v, at))
  }
  return faults
}

function text(schema: Schema, v: string, at: string[], faults: Fault[]): void {
  const n = count(v)
  if (schema.minLength !== undefined && n < schema.minLength) faults.push({ at, rule: 'minLength', want: schema.minLength, got: n })
  if (schema.maxLength !== undefined && n > schema.maxLength) faults.push({ at, rule: 'maxLength', want: schema.maxLength, got: n })
  if (schema.pattern !== undefined && !pattern(schema.pattern).test(v)) faults.push({ at, rule: 'pattern' })
}

function list(schema: Schema, v: unknown[], at: string[], faults: Fault[]): void {
  if (schema.minItems !== undefined && v.length < schema.minItems) faults.push({ at, rule: 'minItems', want: schema.minItems, got: v.length })
  if (schema.maxItems !== undefined && v.length > schema.maxItems) faults.push({ at, rule: 'maxItems', want: schema.maxItems, got: v.length })
  if (schema.uniqueItems && new Set(v.map(steady)).size < v.length) faults.push({ at, rule: 'uniqueItems' })
  const items = schema.items
  if (items) v.forEach((one, i) => faults.push(...judge(items, one, [...at, String(i)])))
  const contains = schema.contains
  if (contains && !v.some((one) => judge(contains, one).length === 0)) faults.push({ at, rule: 'contains' })
}

/** steady is a text that is equal for equal values, whatever the order of their members. */
function steady(v: unknown): string {
  if (typeof v !== 'object' || v === null || Array.isArray(v)) return JSON.stringify(v)
  return JSON.stringify(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function object(schema: Schema, v: Record<string, unknown>, at: string[], faults: Fault[]): void {
  const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(v, name))
  if (missing.length > 0) faults.push({ at, rule: 'required', missing })
  const properties = schema.properties ?? {}
  for (const name of Object.keys(v)) {
    const rule = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (rule !== undefined) faults.push(...judge(rule, v[name], [...at, name]))
    else if (schema.additionalProperties === false) faults.push({ at, rule: 'additionalProperties' })
  }
}
