import { count } from '@kiosk/kit/words'

// How a value, a change and a target are said (数的说法).

const units: Record<string, string> = { percent: '%', days: ' 工作日', minutes: ' 分', per_case: ' 份/件', count: ' 件' }

const plain = (v: number, unit: string) => (unit === 'count' ? count(Math.round(v)) : (Math.round(v * 10) / 10).toFixed(1))

/** 38.9%, 4.1 工作日, 1,862 件; a dash where there was nothing to divide by. */
export const said = (v: number | undefined, unit: string) => (v === undefined ? '—' : plain(v, unit) + (units[unit] ?? ''))

/** ▼ 2.0 点，变好: the direction as a shape, the size in words, and what it means. */
export function change(delta: number | undefined, unit: string, meaning: string): string {
  if (delta === undefined) return ''
  const size = plain(Math.abs(delta), unit)
  if (Number(size.replaceAll(',', '')) === 0) return '持平'
  const word = unit === 'percent' ? `${size} 点` : size + (units[unit] ?? '')
  const means = meaning === 'better' ? '，变好' : meaning === 'worse' ? '，变差' : ''
  return `${delta > 0 ? '▲' : '▼'} ${word}${means}`
}

/** 目标 ≤ 45%, or nothing. */
export const goal = (target: number | undefined, good: string, unit: string) => (target === undefined ? '' : `目标 ${good === 'low' ? '≤' : '≥'} ${Number.isInteger(target) ? count(target) : target}${units[unit] ?? ''}`)

/** The months from the newest back, as the month box offers them. */
export function months(today: Date, n = 18): string[] {
  const out: string[] = []
  for (let i = 0; i < n; i++) {
    const d = new Date(today.getFullYear(), today.getMonth() - i, 1)
    out.push(`${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}`)
  }
  return out
}

/** 2026 年 11 月 */
export const monthWords = (m: string) => `${m.slice(0, 4)} 年 ${Number(m.slice(5))} 月`

export interface Drawn {
  ticks: { at: number; word: string }[]
  points: { x: number; y: number; value: number; month: string }[]
  path: string
  goal?: number
}

/** Where a series lies in a picture of so many pixels; months without a value leave a gap in the line. */
export function draw(points: { month: string; value?: number }[], unit: string, target: number | undefined, width: number, height: number): Drawn | undefined {
  const values = points.flatMap((p) => (p.value === undefined ? [] : [p.value]))
  if (!values.length) return undefined
  const all = target === undefined ? values : [...values, target]
  let low = Math.min(...all)
  let high = Math.max(...all)
  if (unit === 'count' || low < (high - low) * 0.5) low = 0
  if (high === low) high = low + 1
  const step = nice((high - low) / 3)
  low = Math.floor(low / step) * step
  high = Math.ceil(high / step) * step
  const y = (v: number) => height - ((v - low) / (high - low)) * height
  const x = (i: number) => (points.length === 1 ? width / 2 : (i / (points.length - 1)) * width)
  const drawn: Drawn = { ticks: [], points: [], path: '', goal: target === undefined ? undefined : y(target) }
  for (let v = low; v <= high + step / 2; v += step) drawn.ticks.push({ at: y(v), word: tick(v, unit, step) })
  let pen = 'M'
  points.forEach((p, i) => {
    if (p.value === undefined) {
      pen = 'M'
      return
    }
    drawn.points.push({ x: x(i), y: y(p.value), value: p.value, month: p.month })
    drawn.path += `${pen}${x(i).toFixed(1)} ${y(p.value).toFixed(1)}`
    pen = 'L'
  })
  return drawn
}

function nice(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw))
  return [1, 2, 5, 10].map((f) => f * power).find((s) => s >= raw) ?? raw
}

const tick = (v: number, unit: string, step: number) => (step < 1 ? v.toFixed(1) : count(Math.round(v))) + (unit === 'percent' ? '%' : '')
