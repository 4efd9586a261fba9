import type { Health, Todos, Track } from './types'

export type Tone = 'good' | 'warn' | 'bad' | 'none' | 'open'

/** The shape of a state of a matter (状态图形). */
export function toneOf(state: string | undefined): Tone {
  switch (state) {
    case 'done': return 'good'
    case 'supplement': return 'warn'
    case 'refused': return 'bad'
    case 'underway': return 'open'
    default: return 'none'
  }
}

/** A system's state in one word, with its shape (对接状况). */
export function healthOf(h: Pick<Health, 'state'>): { word: string; tone: Tone } {
  switch (h.state) {
    case 'ok': return { word: '正常', tone: 'good' }
    case 'slow': return { word: '慢', tone: 'warn' }
    case 'trouble': return { word: '有问题', tone: 'warn' }
    case 'down': return { word: '没有应答', tone: 'bad' }
    case 'off': return { word: '停用', tone: 'none' }
    default: return { word: '没问过', tone: 'none' }
  }
}

export const troubled = (rows: Pick<Health, 'state'>[]) => rows.filter((r) => ['trouble', 'down', 'slow'].includes(r.state)).length

/** The sentence above a search for a number (答句): found, or not, or nobody can say because somebody is silent. */
export function answerOf(t: Track | undefined, inWindow: boolean): string {
  if (!t) return '　'
  const silent = t.asked.filter((a) => a.answer === 'silent').map((a) => a.title)
  if (inWindow) return `${t.no} 是本窗口的办件`
  if (t.matter) return t.fresh === 'live' ? `${t.matter.title}：${t.matter.state_text}` : `${silent.join('、')}没有应答，下面是上次听说的`
  if (silent.length) return `没有查到，但${silent.join('、')}没有应答，不能说没有`
  return '哪个系统都没有这个编号'
}

/** What people call a system in the list of what waits (系统简称). */
export const systemOf: Record<string, string> = { window: '综合窗口', onething: '一件事', estate: '不动产', cannot: '办不成事' }

/** The colour of a date until which something has to be done. */
export function nearnessOf(level: string): Tone {
  if (level === 'red' || level === 'red+' || level === 'illegal') return 'bad'
  return level === 'yellow' || level === 'blue' ? 'warn' : 'none'
}

/** The sentence above everything that waits (答句): how much, and who could not be asked. */
export function todoAnswer(t: Todos | undefined): string {
  if (!t) return '　'
  const total = t.sources.reduce((n, s) => n + s.total, 0)
  const silent = t.sources.filter((s) => s.state === 'silent').map((s) => s.title)
  const said = total ? `各系统共 ${total} 件等着办` : '各系统都没有等着办的'
  return silent.length ? `${said}；${silent.join('、')}没有应答，列的是上次听说的` : said
}
