// How instants and days are written in the console (日期写法): 11-25 in tables, 11月25日 in sentences.

const parts = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false })

const split = (t: Date) => Object.fromEntries(parts.formatToParts(t).map((p) => [p.type, p.value])) as Record<string, string>

export function minute(iso: string, now = new Date()): string {
  if (!iso) return ''
  const a = split(new Date(iso))
  const b = split(now)
  const time = `${a.hour}:${a.minute}`
  if (a.year === b.year && a.month === b.month && a.day === b.day) return `今天 ${time}`
  return a.year === b.year ? `${a.month}-${a.day} ${time}` : `${a.year}-${a.month}-${a.day} ${time}`
}

/** 2026-12-01 → 12月1日 */
export function sentenceDay(day: string): string {
  const [, m, d] = day.split('-').map(Number)
  return m && d ? `${m}月${d}日` : ''
}
