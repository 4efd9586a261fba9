import type { Clock } from './types'

/** One cell of a clock that is known by its numbers alone (时限条). */
export interface Cell {
  date: string
  label: string
  state: 'used' | 'today' | 'left' | 'suspended' | 'over'
}

const most = 60

/** The strip of a clock: what is used, the day that runs, what is left, what is over. A clock without days has none. */
export function stripOf(c: Clock): Cell[] {
  if (!c.budget) return []
  const cells: Cell[] = []
  const add = (state: Cell['state'], n: number) => {
    for (let i = 0; i < n && cells.length < most; i++) cells.push({ date: `${state}${i}`, label: '', state })
  }
  const used = Math.min(c.used, c.budget)
  add('used', used)
  if (c.standing) add('suspended', 2)
  else if (c.left > 0 && !c.overdue) add('today', 1)
  add('left', Math.max(c.budget - used - (c.left > 0 && !c.standing && !c.overdue ? 1 : 0), 0))
  if (c.overdue) {
    const over = Math.min(c.overdue, most / 2)
    cells.length = Math.min(cells.length, most - over)
    for (const cell of cells) cell.state = 'used'
    for (let i = 0; i < over; i++) cells.push({ date: `over${i}`, label: '', state: 'over' })
  }
  return cells
}

export const steps = ['发', '知', '复', '审', '结']

/** How far a card has come: how many of its five steps are done, and which one waits (走到哪). */
export function progress(state: string): { done: number; now: number } {
  switch (state) {
    case 'issued': return { done: 0, now: 0 }
    case 'notified': return { done: 2, now: 2 }
    case 'returned': return { done: 2, now: 2 }
    case 'replied': return { done: 3, now: 3 }
    case 'accepted': return { done: 4, now: 4 }
    case 'closed': return { done: 5, now: -1 }
    default: return { done: 0, now: -1 }
  }
}

/** When the answer is due, for the last column. */
export function dueWords(c: { state: string; reply_due: string; late: boolean }, now: Date, minute: (iso: string, now: Date) => string): { text: string; tone: '' | 'bad' | 'mine' | 'off' } {
  if (c.state === 'replied') return { text: '待审答复', tone: 'mine' }
  if (c.state === 'accepted') return { text: '等办结', tone: '' }
  if (c.state === 'closed') return { text: '已关闭', tone: 'off' }
  if (c.state === 'cancelled') return { text: '已撤销', tone: 'off' }
  if (!c.reply_due) return { text: '不用答复', tone: 'off' }
  return { text: (c.late ? '已过 ' : '') + minute(c.reply_due, now), tone: c.late ? 'bad' : '' }
}
