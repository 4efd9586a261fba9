// Numbers and spans as they are said in the consoles (数与时长的说法).

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** 88,118 */
export const count = (n: number) => n.toLocaleString('en-US')

/** How long ago, to the unit that matters: 刚刚, 5 分钟前, 3 小时前, 12 天前. Empty for never. */
export function ago(iso: string | undefined, now = new Date()): string {
  if (!iso) return ''
  const ms = now.getTime() - new Date(iso).getTime()
  if (ms < minuteMs) return '刚刚'
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} 分钟前`
  if (ms < dayMs) return `${Math.floor(ms / hourMs)} 小时前`
  return `${Math.floor(ms / dayMs)} 天前`
}

/** A span of seconds: 8 秒, 4 分 20 秒, 3 小时 5 分, 2 天 4 小时. */
export function span(seconds: number): string {
  const s = Math.round(seconds)
  if (s < 60) return `${s} 秒`
  const m = Math.floor(s / 60)
  if (m < 60) return s % 60 ? `${m} 分 ${s % 60} 秒` : `${m} 分`
  const h = Math.floor(m / 60)
  if (h < 24) return m % 60 ? `${h} 小时 ${m % 60} 分` : `${h} 小时`
  const d = Math.floor(h / 24)
  return h % 24 ? `${d} 天 ${h % 24} 小时` : `${d} 天`
}

/** 12.3 MB */
export function bytes(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let i = 0
  let x = n
  while (x >= 1000 && i < units.length - 1) {
    x /= 1000
    i++
  }
  return `${i === 0 || x >= 100 ? Math.round(x) : x.toFixed(1)} ${units[i]}`
}

/** 甲、乙和丙 */
export function listed(words: string[]): string {
  if (words.length < 2) return words[0] ?? ''
  return `${words.slice(0, -1).join('、')}和${words[words.length - 1]}`
}

/** Days from now until an instant, 0 on the day itself; negative when it is past. */
export const daysUntil = (iso: string, now = new Date()) => Math.floor((new Date(iso).getTime() - now.getTime()) / dayMs)

/** The first groups of a long fingerprint, enough to compare by eye: a41f 02c9 7be0 … */
export const fingerprint = (hex: string, groups = 3) => (hex ? `${(hex.match(/.{1,4}/g) ?? []).slice(0, groups).join(' ')} …` : '')
