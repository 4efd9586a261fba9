import type { Shown } from './state'

/** One terminal in the register of machines (终端台账). */
export interface MachineRow {
  terminal: string
  model: string
  place: string
  label: string
  state: string
  standing: 'none' | 'failed' | 'ready' | 'accepted'
  serial_no: string
  arrived_on: string
  warranty_until: string
  devices: number
}

/** One point of an installation record (验收项). */
export interface InstallPoint {
  id: string
  part: string
  title: string
  answer: string
  state: 'ok' | 'failed' | 'absent'
  value?: number
  unit?: string
  want?: string
  clause?: string
  fail?: string
  at: string
  photos: string[]
}

/** One signed installation record (安装验收记录). */
export interface InstallRecord {
  id: string
  revision: number
  reason: string
  made_by: string
  number: number
  begun: string
  at: string
  received: string
  version: string
  failed: number
  absent: number
  points: InstallPoint[]
}

export interface MachineFile {
  id: string
  device: string
  title: string
  mime: string
  size: number
  added_at: string
  added_by: string
}

/** One terminal with all that is known of the machine. */
export interface Machine extends MachineRow {
  maker: string
  note: string
  version: number
  set: { kind: string; name: string; profile: string; model?: string; serial?: string; firmware?: string; fitted: boolean }[] | null
  records: InstallRecord[]
  files: MachineFile[]
  acceptance?: { technician: string; note: string; at: string; by: string }
}

/** How far a terminal is, as shape and word. */
export function standing(m: Pick<MachineRow, 'standing'>): Shown {
  switch (m.standing) {
    case 'accepted': return { tone: 'good', word: '已验收' }
    case 'ready': return { tone: 'open', word: '都合格，等验收' }
    case 'failed': return { tone: 'bad', word: '有不合格项' }
    default: return { tone: 'none', word: '还没有验收记录' }
  }
}

/** The sentence above the list. */
export function machinesAnswer(rows: Pick<MachineRow, 'standing'>[]): string {
  const n = (s: MachineRow['standing']) => rows.filter((r) => r.standing === s).length
  const parts = [n('failed') && `${n('failed')} 台有不合格项`, n('ready') && `${n('ready')} 台等验收`, n('none') && `${n('none')} 台还没有验收记录`].filter(Boolean)
  return `${rows.length} 台终端，${n('accepted')} 台已验收${parts.length ? '；' + parts.join('，') : ''}`
}

/** What was found at one point: 2010 mm，要求 ≤ 2000 mm. */
export function found(p: InstallPoint): string {
  const got = p.value === undefined ? '' : p.answer === 'read' ? `${Math.round(p.value)} 毫秒` : `${p.value} ${p.unit ?? ''}`.trim()
  return [got, p.want && (p.answer === 'read' ? p.want : `要求 ${p.want}`)].filter(Boolean).join('，')
}

const order = { failed: 0, absent: 1, ok: 2 }
/** Points with what is wrong first; otherwise as they stand on the list. */
export const worstFirst = (points: InstallPoint[]) => [...points].sort((a, b) => order[a.state] - order[b.state])

export const pointState = (p: Pick<InstallPoint, 'state'>): Shown =>
  p.state === 'ok' ? { tone: 'good', word: '合格' } : p.state === 'failed' ? { tone: 'bad', word: '不合格' } : { tone: 'warn', word: '没有装' }

/** Days until the warranty ends, negative when it has; undefined when nobody wrote it down. */
export function warrantyLeft(until: string, today: Date): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until)) return undefined
  const at = (d: string) => Date.UTC(+d.slice(0, 4), +d.slice(5, 7) - 1, +d.slice(8, 10))
  const now = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(today)
  return Math.round((at(until) - at(now)) / 86_400_000)
}
