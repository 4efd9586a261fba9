import type { Day } from './types'

export interface DaySum {
  day: string
  calls: number
  failed: number
  /** Mean of an answer in milliseconds. */
  ms: number
}

/** All operations of a day together, the newest day first (按天合计). */
export function byDay(rows: Day[]): DaySum[] {
  const sums = new Map<string, DaySum & { total: number }>()
  for (const r of rows) {
    const s = sums.get(r.day) ?? { day: r.day, calls: 0, failed: 0, ms: 0, total: 0 }
    s.calls += r.calls
    s.failed += r.failed
    s.total += r.ms_sum
    s.ms = s.calls ? Math.round(s.total / s.calls) : 0
    sums.set(r.day, s)
  }
  return [...sums.values()].sort((a, b) => b.day.localeCompare(a.day)).map(({ total: _, ...s }) => s)
}
