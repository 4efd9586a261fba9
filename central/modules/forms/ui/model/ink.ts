import type { Design, Field, Values } from '../types'
import { formats, sources, specOf, widgetWords, type Spec } from './fields'

// What stands in a cell (纸上的字): the words of an entry while the form is drawn, and its value once it is filled.

export interface Ink {
  /** Boxes to tick for choices, else words. */
  boxes?: { label: string; on: boolean }[]
  text: string
}

const labelOf = (f: Field, value: unknown) => f.options?.find((o) => o.value === value)?.label ?? String(value ?? '')

/** The value of an entry as the paper shows it; line is the place in repeating rows. */
export function inkOf(s: Spec, values: Values, line = 0): Ink {
  const f = s.field
  if (s.owner) {
    const rows = values[s.owner.name]
    const v = Array.isArray(rows) ? (rows[line] as Values | undefined)?.[f.name] : undefined
    return { text: v === undefined || v === '' ? '' : labelOf(f, v) }
  }
  const v = values[f.name]
  if (f.widget === 'choice' || f.widget === 'multi') {
    const on = Array.isArray(v) ? v : [v]
    return { text: '', boxes: (f.options ?? []).map((o) => ({ label: o.label, on: on.includes(o.value) })) }
  }
  return { text: v === undefined ? '' : String(v) }
}

/** What an empty entry says to its designer: 18 位，自动校验 */
export function hintOf(s: Spec): string {
  const { field: f, rule: r } = s
  if (f.source) return sources.find((x) => x.value === f.source)?.label.replace('身份证 ・ ', '读卡带入 ') ?? '带入'
  if (r.format && r.format !== 'cn-date') return (formats.find((x) => x.value === r.format)?.label ?? widgetWords[f.widget]) + (f.widget === 'phone' ? '' : '，自动校验')
  if (f.widget === 'digits') return r['x-message']?.replace(/^填 ?/, '') ?? '数字'
  if (f.widget === 'choice' || f.widget === 'multi') return `${widgetWords[f.widget]} ${f.options?.length ?? 0}`
  if (f.widget === 'district') return '区县、街道'
  return widgetWords[f.widget] + (r.maxLength && r.maxLength < 1000 ? ` ≤ ${r.maxLength} 字` : '')
}

/** How a repeating row is said on the paper: 重复行 1–10，纸上固定 4 行，多的续页 */
export const repeatWords = (d: Design, rows: string, lines: number) => {
  const f = specOf(d, rows)?.field
  return `重复行 ${f?.min_rows ?? 0}–${f?.max_rows ?? lines}，纸上 ${lines} 行，多的续页`
}

const sampleText: Record<string, string> = { 'cn-name': '周样例', 'cn-id': '510799198512310026', 'cn-cert': '510799198512310026', 'cn-mobile': '13800000026', 'cn-date': '2026-11-26', 'cn-uscc': '92510799MA99DEM19P', 'bank-card': '6222020000000000026' }

/** Something to look at on a phone or kiosk: never a real person's. */
export const sampleOf = (s: Spec): string => s.field.options?.[0]?.label || sampleText[s.rule.format ?? ''] || (s.field.widget === 'digits' ? '12' : s.field.widget === 'date' ? '2026-11-26' : s.field.label.replace(/名称$/, '') + '样例')
