// How instants and days are written in the console (日期写法): 11-25 in tables, 11月25日 in sentences.

const parts = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

const split = (t: Date) => Object.fromEntries(parts.formatToParts(t).map((p) => [p.type, p.value])) as Record<string, string>

export function minute(iso: string, now = new Date()): string {
  if (!iso) return ''
  const a = split(new Date(iso))
  const b = split(now)
  const time = `${a.hour}:${a.minute}`
  if (a.year === b.year && a.month === b.month && a.day === b.day) return `今天 ${time}`
  return a.year === b.year ? `${a.month}-${a.day} ${time}` : `${a.year}-${a.month}-${a.day} ${time}`
}

/** The hall's clock: 10:42 in Shanghai, wherever the machine thinks it is. */
export function clockTime(now = new Date()): string {
  const p = split(now)
  return `${p.hour}:${p.minute}`
}

/** 11月26日 周四 */
export function hallDay(now = new Date()): string {
  const p = split(now)
  const weekday = new Date(Date.UTC(Number(p.year), Number(p.month) - 1, Number(p.day))).getUTCDay()
  return `${Number(p.month)}月${Number(p.day)}日 周${'日一二三四五六'[weekday]}`
}

/** 2026-12-01 → 12月1日 */
export function sentenceDay(day: string): string {
  const [, m, d] = day.split('-').map(Number)
  return m && d ? `${m}月${d}日` : ''
}

/** 2026-12-01 → 12-01, for tables */
export const tableDay = (day: string) => day.slice(5, 10)
