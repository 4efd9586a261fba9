import type { Row } from './types'

const clock = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
const date = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit' })

export const timeOf = (iso: string) => clock.format(new Date(iso))
/** 2026-11-26 in Shanghai, for grouping by day and for filters. */
export const dayOf = (iso: string) => date.format(new Date(iso)).replaceAll('/', '-')

const who = (r: Pick<Row, 'actor_name' | 'actor_kind'>) => r.actor_name || ({ system: '系统', terminal: '终端', anonymous: '没有登录的人' } as Record<string, string>)[r.actor_kind] || '系统'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** To whom or what it was done, short enough for a table: oneself, a number as it is, the tail of a long one. */
export function objectWords(r: Pick<Row, 'object' | 'actor_id'>): string {
  if (r.object && r.object === r.actor_id) return '本人'
  return uuid.test(r.object) ? '…' + r.object.slice(-8) : r.object
}

/** One record as it would be told (一句话): 周敏 于 09:31 受理 办件 MY…。 Refused and failed acts say so. */
export function sentence(r: Row): string {
  const thing = [r.object_kind_title, objectWords(r)].filter(Boolean).join(' ')
  const end = { denied: '，被拒绝', failed: '，没有成功', ok: '', '': '' }[r.result]
  return `${who(r)} 于 ${timeOf(r.at).slice(0, 5)} ${r.action_title}${thing ? ` ${thing}` : ''}${end}`
}

/** Rows by day, the newest first as they come, so that a long list has rests for the eye. */
export function byDay<T extends { at: string }>(rows: T[]): { day: string; rows: T[] }[] {
  const out: { day: string; rows: T[] }[] = []
  for (const r of rows) {
    const day = dayOf(r.at)
    if (out.at(-1)?.day !== day) out.push({ day, rows: [] })
    out.at(-1)!.rows.push(r)
  }
  return out
}

/** A gap in the numbers of neighbouring records of an unfiltered list: something is not there. Newest first. */
export function missing(rows: { seq: number }[]): number[] {
  const out: number[] = []
  for (let i = 1; i < rows.length; i++) {
    const above = rows[i - 1]!.seq
    const below = rows[i]!.seq
    for (let s = above - 1; s > below && out.length < 50; s--) out.push(s)
  }
  return out
}
