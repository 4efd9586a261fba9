import { minute } from '@kiosk/kit/dates'
import type { Shown } from './state'
import { kindWord, type Found, type Measured } from './visits'

/** What a terminal can be asked to do from afar (远程检查项目). */
export type Task = 'look' | 'internal' | 'external'
export type RemoteState = 'asked' | 'running' | 'done' | 'busy' | 'stopped' | 'late' | 'silent'

/** One remote diagnosis (远程诊断). */
export interface Remote {
  id: string
  terminal: string
  task: Task
  asked_by: string
  asked_at: string
  state: RemoteState
  why: string
  answered_at?: string
  faults: number
}

/** One wired card of the computer (网卡). */
export interface NetworkCard {
  name: string
  up: boolean
  speed?: number
  route?: boolean
}

/** One remote diagnosis with what was found so far. */
export interface RemoteDetail extends Remote {
  now: string
  version: string
  model: string
  devices: (Found & { driver?: string; firmware?: string; serial?: string })[]
  machine: Measured[]
  network: NetworkCard[]
}

export const tasks: { id: Task; verb: string; cap: string; note: string }[] = [
  { id: 'look', verb: '看设备', cap: '1', note: '只看现在的状态，什么都不问' },
  { id: 'internal', verb: '内部检查', cap: '2', note: '逐个问设备，设备不动' },
  { id: 'external', verb: '外部检查', cap: '3', note: '设备各做一次，会打一条纸、响两声' },
]
export const taskWord = (t: Task) => tasks.find((x) => x.id === t)?.verb ?? t

export const over = (s: RemoteState) => s !== 'asked' && s !== 'running'

const whys: Record<string, string> = { citizen: '有市民在办事', technician: '有人在现场维护', remote: '正在做另一次检查' }

/** How it stands, as shape and word. */
export function remoteState(r: Pick<Remote, 'state' | 'why' | 'faults'>): Shown {
  const why = whys[r.why] ?? '正在用'
  switch (r.state) {
    case 'asked': return { tone: 'open', word: '等终端应答' }
    case 'running': return { tone: 'open', word: '正在查' }
    case 'done': return r.faults ? { tone: 'bad', word: `${r.faults} 个设备有毛病` } : { tone: 'good', word: '没有毛病' }
    case 'busy': return { tone: 'warn', word: `没查，${why}` }
    case 'stopped': return { tone: 'warn', word: `没查完，${why}` }
    case 'late': return { tone: 'warn', word: '没查，时间对不上' }
    default: return { tone: 'bad', word: '没有应答' }
  }
}

/** The sentence above the page: what is known, and what to do where nothing is. */
export function remoteAnswer(r?: RemoteDetail): string {
  if (!r) return '还没有查过'
  switch (r.state) {
    case 'asked': return `已经发给 ${r.terminal}，等它应答，最多半分钟`
    case 'running': return `${r.terminal} 正在查${r.now ? kindWord(r.now) : '设备'}，出来一项显示一项`
    case 'done': return r.faults ? `${r.terminal} 有 ${r.faults} 个设备有毛病` : `${r.terminal} 的设备没有毛病`
    case 'busy': return `${r.terminal} ${whys[r.why] ?? '正在用'}，没有打扰他，过一会儿再查`
    case 'stopped': return `查到一半${r.why === 'citizen' ? '来了市民' : whys[r.why] ?? '有人来了'}，先让他用；下面是已经查到的`
    case 'late': return `${r.terminal} 收到得太晚，或那台机器的时间不对，没有查`
    default: return `${r.terminal} 没有应答：可能刚断了网，或程序停了。看它的电源和网络，再查一次`
  }
}

const properties: Record<string, string> = {
  answer: '应答', read_time: '读证', print_time: '打印', speed: '速度', width: '宽度', pixels: '像素', pixels_desk: '像素', preview_time: '取景', capture_time: '拍照',
  density: '密度', scan_time: '扫码', diagonal: '对角线', pixel_width: '横向像素', pixel_height: '纵向像素',
}
/** What was measured, beside the tender's number where there is one: 应答 12 ms；速度 120 mm/s（招标 ≥ 100 mm/s）. */
export const measured = (d: Pick<Found, 'timings'>): string =>
  (d.timings ?? []).map((t) => `${properties[t.property] ?? t.property} ${Math.round(t.got * 10) / 10} ${t.unit}${t.want ? `（招标 ${t.want}）` : ''}`).join('；')

const away = new Set(['noPort', 'noDriver'])
const low = new Set(['paperLow', 'tonerLow'])
export const deviceTone = (d: Pick<Found, 'trouble'>): 'good' | 'warn' | 'bad' | 'none' => (d.trouble === 'none' ? 'good' : away.has(d.trouble) ? 'none' : low.has(d.trouble) ? 'warn' : 'bad')

/** Those that are ill first, those that nobody connected last. */
export function byNeed<T extends Pick<Found, 'trouble'>>(devices: T[]): T[] {
  const rank = { bad: 0, warn: 1, good: 2, none: 3 }
  return [...devices].sort((a, b) => rank[deviceTone(a)] - rank[deviceTone(b)])
}

/** One network card in words. */
export function cardWord(c: NetworkCard): Shown {
  if (!c.up) return { tone: 'bad', word: '没有插线或对端没开' }
  const speed = c.speed ? ` ${c.speed} 兆` : ''
  return { tone: 'good', word: `通${speed}${c.route ? '，现在走这块' : ''}` }
}

/** The two cards as one sentence: with one of two gone the terminal works on, and nobody at the terminal sees it. */
export function networkWord(cards: NetworkCard[]): string {
  if (!cards.length) return '没有看到有线网卡'
  const up = cards.filter((c) => c.up).length
  if (up === cards.length) return cards.length > 1 ? `${up} 块网卡都通` : '只有 1 块网卡'
  return up ? `${cards.length} 块网卡通 ${up} 块，还能办事；请尽快去看断的那块` : '网卡都不通'
}

/** When it was asked. */
export const asked = (r: Remote) => `${minute(r.asked_at)} ${taskWord(r.task)}`
