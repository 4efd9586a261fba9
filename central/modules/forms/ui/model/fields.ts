import type { Design, Element, Field, Group, Option, Rule, Schema, Widget } from '../types'
import { rangePattern } from './ranges'

// An entry of a form in one view (填写项): what the screens say of it, what the schema wants of it, where the paper shows it. The three
// are changed together here and nowhere else.

export interface Spec {
  /** Property name; a column of repeating rows is "rows/column". */
  path: string
  name: string
  field: Field
  rule: Rule
  required: boolean
  group?: Group
  /** The rows entry that this is a column of. */
  owner?: Field
}

export const widgetWords: Record<Widget, string> = {
  text: '文字', area: '大段文字', phone: '手机', digits: '数字', date: '日期', choice: '单选', multi: '多选', district: '区划', readonly: '读卡带入', rows: '重复行',
}
export const formats: { value: string; label: string }[] = [
  { value: '', label: '不限' },
  { value: 'cn-name', label: '姓名' },
  { value: 'cn-id', label: '居民身份证号' },
  { value: 'cn-cert', label: '证件号码' },
  { value: 'cn-uscc', label: '统一社会信用代码' },
  { value: 'cn-mobile', label: '手机号码' },
  { value: 'bank-card', label: '银行卡号' },
]
export const sources: { value: string; label: string }[] = [
  { value: '', label: '自己填' },
  { value: 'idcard.name', label: '身份证 ・ 姓名' },
  { value: 'idcard.id_number', label: '身份证 ・ 号码' },
  { value: 'idcard.sex', label: '身份证 ・ 性别' },
  { value: 'idcard.birth', label: '身份证 ・ 出生日期' },
  { value: 'idcard.nation', label: '身份证 ・ 民族' },
  { value: 'idcard.address', label: '身份证 ・ 住址' },
]
/** What a kiosk screen holds: two entries to type, with what the card brings four. */
export const typedLimit = 2
export const groupLimit = 4
/** What a column of repeating rows can be. */
export const flat: Widget[] = ['text', 'phone', 'digits', 'date', 'choice']

/** Lines written by hand, one option each. */
export function optionsFrom(text: string): Option[] {
  return [...new Set(text.split('\n').map((l) => l.trim()).filter(Boolean))].map((l) => ({ value: l, label: l }))
}

const clean = <T extends object>(o: T): T => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined && v !== '' && v !== false)) as T

export const fieldsOf = (d: Design): Field[] => d.screens.flatMap((g) => g.fields)
export const groupOf = (d: Design, name: string) => d.screens.find((g) => g.fields.some((f) => f.name === name))

export function specOf(d: Design, path: string): Spec | undefined {
  const [name, column] = path.split('/') as [string, string?]
  const group = groupOf(d, name)
  const top = group?.fields.find((f) => f.name === name)
  const rule = d.schema.properties[name]
  if (!top || !rule) return undefined
  if (!column) return { path, name, field: top, rule, required: (d.schema.required ?? []).includes(name), group }
  const field = top.columns?.find((f) => f.name === column)
  const own = rule.items?.properties?.[column]
  return field && own ? { path, name: column, field, rule: own, required: (rule.items?.required ?? []).includes(column), group, owner: top } : undefined
}

/** What the server wrote for show-conditions comes back into the plain list, where the designer reads it. */
export function unbound(d: Design): Design {
  const moved = (d.schema.allOf ?? []).flatMap((a) => a.then?.required ?? [])
  const { allOf: _, ...schema } = d.schema
  const properties = Object.fromEntries(Object.entries(schema.properties ?? {}))
  return { ...d, schema: { ...schema, properties, required: [...new Set([...(schema.required ?? []), ...moved])].filter((n) => n in properties) } as Schema }
}

export function freshName(d: Design, wish: string, taken: string[] = Object.keys(d.schema.properties)): string {
  const base = wish.toLowerCase().replace(/[^a-z0-9_]/g, '_').replace(/^[^a-z]+/, '') || 'item'
  if (!taken.includes(base)) return base
  for (let i = 2; ; i++) if (!taken.includes(`${base}_${i}`)) return `${base}_${i}`
}

const yesNo: Option[] = optionsFrom('是\n否')
const someItems: Option[] = optionsFrom('第一项\n第二项')
const firstOptions = (w: Widget) => (w === 'multi' ? someItems : yesNo)

/** The rule that a new entry of a widget begins with. */
export function firstRule(widget: Widget, options: Option[] = firstOptions(widget)): Rule {
  switch (widget) {
    case 'phone': return { type: 'string', format: 'cn-mobile' }
    case 'date': return { type: 'string', format: 'cn-date' }
    case 'digits': return numberRule({ type: 'string' }, 1, 9999)
    case 'choice': return { type: 'string', enum: options.map((o) => o.value) }
    case 'multi': return { type: 'array', items: { type: 'string', enum: options.map((o) => o.value) }, uniqueItems: true, maxItems: options.length }
    case 'district': return { type: 'string', maxLength: 60 }
    case 'area': return { type: 'string', minLength: 1, maxLength: 300 }
    case 'rows': return { type: 'array', minItems: 1, maxItems: 10, items: { type: 'object', additionalProperties: false, required: [], properties: {} } }
    default: return { type: 'string', minLength: 1, maxLength: 60 }
  }
}

export function firstField(name: string, label: string, widget: Widget): Field {
  const f: Field = { name, label, widget }
  if (widget === 'choice' || widget === 'multi') f.options = firstOptions(widget)
  if (widget === 'district') f.options = [{ value: '@regions', label: '' }]
  if (widget === 'rows') Object.assign(f, { columns: [], min_rows: 1, max_rows: 10 })
  return f
}

/** An entry as a data element has it; in repeating rows it is written by hand, whoever's card is read. */
export function fieldOf(e: Element, name: string, column = false): { field: Field; rule: Rule } {
  const rule: Rule = { ...e.schema, 'x-element': e.id }
  const own = column && e.widget === 'readonly'
  return { field: clean<Field>({ name, label: e.name, widget: own ? 'text' : e.widget, element: e.id, source: own ? undefined : e.source, options: e.codes?.length ? e.codes : undefined, masked: e.masked }), rule }
}

/** A question of its own for an entry that begins a screen. */
export function questionFor(f: Field): string {
  const name = f.label.slice(0, 18) // a title has at most 24 characters
  if (f.widget === 'rows') return `有哪些${name}？`
  if (f.widget === 'multi') return `${name}有哪些？`
  return f.widget === 'choice' ? `${name}是哪一种？` : `${name}是什么？`
}

export function freshGroup(d: Design): string {
  for (let i = d.screens.length + 1; ; i++) if (!d.screens.some((g) => g.id === `g${i}`)) return `g${i}`
}

/** Puts an entry on the screens: after the one it follows while there is room, else on a screen of its own. */
function onScreens(d: Design, f: Field, after?: string): Group[] {
  const home = (after && groupOf(d, after)) || d.screens[d.screens.length - 1]
  const alone = f.widget === 'rows' || f.widget === 'area'
  const own: Group = { id: freshGroup(d), title: questionFor(f), fields: [f] }
  if (!home) return [own]
  const at = d.screens.indexOf(home)
  const typed = [...home.fields, f].filter((x) => x.widget !== 'readonly').length
  if (alone || home.fields.length >= groupLimit || typed > typedLimit || home.show || home.fields.some((x) => x.widget === 'rows' || x.widget === 'area')) return [...d.screens.slice(0, at + 1), own, ...d.screens.slice(at + 1)]
  const place = after ? home.fields.findIndex((x) => x.name === after) + 1 : 0
  const fields = place > 0 ? [...home.fields.slice(0, place), f, ...home.fields.slice(place)] : [...home.fields, f]
  return d.screens.map((g) => (g === home ? { ...g, fields } : g))
}

export function addField(d: Design, f: Field, rule: Rule, required: boolean, after?: string): Design {
  return {
    ...d,
    schema: { ...d.schema, properties: { ...d.schema.properties, [f.name]: rule }, required: required ? [...(d.schema.required ?? []), f.name] : (d.schema.required ?? []) },
    screens: onScreens(d, f, after),
  }
}

export function addColumn(d: Design, rows: string, f: Field, rule: Rule, required: boolean): Design {
  return editRows(d, rows, (field) => ({ ...field, columns: [...(field.columns ?? []), f] }), (items) => ({
    ...items, properties: { ...items.properties, [f.name]: rule }, required: required ? [...(items.required ?? []), f.name] : (items.required ?? []),
  }))
}

function editRows(d: Design, rows: string, field: (f: Field) => Field, items: (r: Rule) => Rule): Design {
  const rule = d.schema.properties[rows]
  if (!rule?.items) return d
  return { ...editField(d, rows, field), schema: { ...d.schema, properties: { ...d.schema.properties, [rows]: { ...rule, items: items(rule.items) } } } }
}

const editField = (d: Design, name: string, change: (f: Field) => Field): Design => ({
  ...d, screens: d.screens.map((g) => (g.fields.some((f) => f.name === name) ? { ...g, fields: g.fields.map((f) => (f.name === name ? change(f) : f)) } : g)),
})

export interface Patch {
  field?: Partial<Field>
  /** A key that is undefined is taken out. */
  rule?: Partial<Rule>
  required?: boolean
}

/** Changes an entry everywhere it is known (改填写项). */
export function patchField(d: Design, path: string, p: Patch): Design {
  const spec = specOf(d, path)
  if (!spec) return d
  const field = clean({ ...spec.field, ...p.field }) as Field
  const rule = Object.fromEntries(Object.entries({ ...spec.rule, ...p.rule }).filter(([, v]) => v !== undefined)) as Rule
  const list = (all: string[] = []) => (p.required === undefined ? all : p.required ? [...new Set([...all, spec.name])] : all.filter((n) => n !== spec.name))
  if (spec.owner) {
    const rows = spec.owner.name
    return editRows(d, rows, (f) => ({ ...f, columns: f.columns!.map((c) => (c.name === spec.name ? field : c)) }), (items) => ({ ...items, properties: { ...items.properties, [spec.name]: rule }, required: list(items.required) }))
  }
  const next = editField(d, spec.name, () => field)
  return { ...next, schema: { ...d.schema, properties: { ...d.schema.properties, [spec.name]: rule }, required: list(d.schema.required) } }
}

/** Takes an entry from screens and schema, with the conditions that looked at it. The paper is cleared by who calls. */
export function removeField(d: Design, path: string): Design {
  const [name, column] = path.split('/') as [string, string?]
  if (column) {
    return editRows(d, name, (f) => ({ ...f, columns: f.columns?.filter((c) => c.name !== column) }), (items) => {
      const { [column]: _, ...properties } = items.properties ?? {}
      return { ...items, properties, required: items.required?.filter((n) => n !== column) }
    })
  }
  const { [name]: _, ...properties } = d.schema.properties
  return {
    ...d,
    schema: { ...d.schema, properties, required: d.schema.required?.filter((n) => n !== name) },
    screens: d.screens
      .map((g) => ({ ...g, fields: g.fields.filter((f) => f.name !== name) }))
      .filter((g) => g.fields.length)
      .map((g) => (g.show?.field === name ? without(g, 'show') : g)),
  }
}

function without<T extends object, K extends keyof T>(o: T, k: K): Omit<T, K> & T {
  const { [k]: _, ...rest } = o
  return rest as Omit<T, K> & T
}

/** Options of a choice: the enum follows. */
export function putOptions(d: Design, path: string, options: Option[]): Design {
  const spec = specOf(d, path)
  if (!spec) return d
  const values = options.map((o) => o.value)
  const rule = spec.field.widget === 'multi' ? { items: { type: 'string', enum: values }, maxItems: Math.max(1, Math.min(spec.rule.maxItems ?? values.length, values.length)) } : { enum: values }
  let next = patchField(d, path, { field: { options }, rule })
  next = { ...next, screens: next.screens.map((g) => (g.show?.field === spec.name ? { ...g, show: { ...g.show, is: g.show.is.filter((v) => values.includes(v)) } } : g)).map((g) => (g.show && !g.show.is.length ? without(g, 'show') : g)) }
  return next
}

/** A whole number between two ends; the sentence says them. */
export function numberRule(rule: Rule, from: number, to: number, unit = ''): Rule {
  return { ...rule, pattern: rangePattern(from, to), maxLength: String(to).length, 'x-message': `填 ${from} 到 ${to} 的整数${unit ? '，单位是' + unit : ''}` }
}

/** The ends that a number's pattern was made of; undefined when somebody wrote the pattern by hand. */
export function numberEnds(rule: Rule): { from: number; to: number } | undefined {
  const m = /(\d+)\s*到\s*(\d+)/.exec(rule['x-message'] ?? '')
  if (!m) return undefined
  const from = Number(m[1])
  const to = Number(m[2])
  return from <= to && rangePattern(from, to) === rule.pattern ? { from, to } : undefined
}

/** Sentences of what is checked, as browser and server say it. */
export function checksOf(s: Spec): string[] {
  const { field: f, rule: r } = s
  const out: string[] = []
  if (s.required) out.push(f.widget === 'choice' || f.widget === 'multi' ? `要选：“请选择${f.label}”` : f.widget === 'rows' ? '至少填一行' : `不能为空：“请填写${f.label}”`)
  if (r.minLength && r.minLength > 1) out.push(`不少于 ${r.minLength} 字`)
  if (r.maxLength && !r.pattern) out.push(`不超过 ${r.maxLength} 字`)
  if (r.format) out.push(r.format === 'cn-date' ? '是日历上有的一天' : `是对的${formats.find((x) => x.value === r.format)?.label ?? r.format}，校验位也算`)
  if (r.pattern) out.push(r['x-message'] ?? '符合规定的写法')
  if (r.enum) out.push(`${r.enum.length} 项里选一项`)
  if (f.widget === 'multi') out.push(`${r.items?.enum?.length ?? 0} 项里最多选 ${r.maxItems ?? r.items?.enum?.length ?? 0} 项`)
  if (f.widget === 'rows') out.push(`${r.minItems ?? 0}–${r.maxItems ?? 0} 行，每行按列检查`)
  return out
}
