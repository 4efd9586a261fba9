import type {
  Answer, Bulletin, Capture, Choose, Defer, Document, EndVisit, Entries, InstallAnswer, InstallDrop, InstallRead, InstallShot, ItemDetail, Items, Keep, OpenService, Pen, Prefs, Preview, Problem, Progress, Rate, Revealed,
  Say, SetBrightness, SetControl, SetVolume, Shoot, Sign, SlipAnswer, Sound, State, TestDevice, TouchResult, TraceDevice, Unsign,
} from '../gen/screen'
import { keyFor, settle } from './key'
import { lost, Refusal } from './problem'

/** Every call that changes something: its body and its answer (agent/screen). */
export interface Calls {
  'visit/start': [body: undefined, answer: State]
  'visit/touch': [body: undefined, answer: State]
  'visit/prefs': [body: Prefs, answer: State]
  'visit/say': [body: Say, answer: State]
  'visit/sound': [body: Sound, answer: State]
  'visit/help': [body: undefined, answer: State]
  'visit/end': [body: EndVisit, answer: State]
  'identify/start': [body: undefined, answer: State]
  'identify/document': [body: Document, answer: State]
  'identify/cancel': [body: undefined, answer: State]
  'identify/confirm': [body: undefined, answer: State]
  'identify/reveal': [body: undefined, answer: Revealed]
  'matter/choose': [body: Choose, answer: State]
  'matter/leave': [body: undefined, answer: State]
  'matter/consent': [body: undefined, answer: State]
  'matter/answer': [body: Answer, answer: State]
  'matter/form': [body: Entries, answer: State]
  'matter/capture': [body: Shoot, answer: Capture]
  'matter/keep': [body: Keep, answer: State]
  'matter/drop': [body: Keep, answer: State]
  'matter/defer': [body: Defer, answer: State]
  'matter/sign': [body: Sign, answer: State]
  'matter/unsign': [body: Unsign, answer: State]
  'matter/pen': [body: undefined, answer: State]
  'matter/submit': [body: undefined, answer: State]
  'slip/answer': [body: SlipAnswer, answer: State]
  'slip/print': [body: undefined, answer: State]
  'guide/print': [body: Choose, answer: State]
  rate: [body: Rate, answer: State]
  'service/open': [body: OpenService, answer: State]
  'service/test': [body: TestDevice, answer: State]
  'service/trace': [body: TraceDevice, answer: State]
  'service/untrace': [body: undefined, answer: State]
  'service/touch': [body: TouchResult, answer: State]
  'service/volume': [body: SetVolume, answer: State]
  'service/control': [body: SetControl, answer: State]
  'service/automatic': [body: undefined, answer: State]
  'service/brightness': [body: SetBrightness, answer: State]
  'service/stop': [body: undefined, answer: State]
  'service/again': [body: undefined, answer: State]
  'service/loaded': [body: TestDevice, answer: State]
  'service/finish': [body: undefined, answer: State]
  'service/print': [body: undefined, answer: State]
  'service/close': [body: undefined, answer: State]
  'install/answer': [body: InstallAnswer, answer: State]
  'install/photo': [body: InstallShot, answer: State]
  'install/drop': [body: InstallDrop, answer: State]
  'install/read': [body: InstallRead, answer: State]
  'install/stop': [body: undefined, answer: State]
  'install/sign': [body: undefined, answer: State]
  'install/restart': [body: undefined, answer: State]
  'install/print': [body: undefined, answer: State]
}

export type CallName = keyof Calls

/** Calls that answer with the whole State. */
export type StateCall = { [N in CallName]: Calls[N][1] extends State ? N : never }[CallName]

/** Makes one call. A broken answer keeps the key, so the same press again cannot do the deed twice. */
export async function call<N extends CallName>(name: N, body: Calls[N][0], visit: string): Promise<Calls[N][1]> {
  const text = JSON.stringify(body ?? {})
  const deed = `${visit} ${name} ${text}`
  const headers: Record<string, string> = { 'Content-Type': 'application/json', 'Idempotency-Key': keyFor(deed) }
  if (visit) headers['X-Visit'] = visit
  const res = await send(`/api/${name}`, { method: 'POST', headers, body: text, keepalive: name === 'visit/end' && text.length < 1024 })
  settle(deed)
  return read<Calls[N][1]>(res)
}

async function get<T>(path: string): Promise<T> {
  return read<T>(await send(path, { method: 'GET' }))
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, credentials: 'same-origin', cache: 'no-store' })
  } catch {
    throw lost()
  }
}

async function read<T>(res: Response): Promise<T> {
  const text = await res.text().catch(() => {
    throw lost()
  })
  if (res.ok) return JSON.parse(text) as T
  throw new Refusal(problemOf(text), res.status)
}

function problemOf(text: string): Problem {
  try {
    const p = JSON.parse(text) as Partial<Problem>
    if (p.code && p.message) return { code: p.code, message: p.message, fields: p.fields }
  } catch {
    // not JSON: said below
  }
  return { code: 'screen.unreadable', message: '这一步没有办成，请再按一次；还不行就呼叫工作人员' }
}

export const state = (): Promise<State> => get<State>('/api/state')

export interface ItemsQuery {
  q?: string
  category?: string
  office?: string
  frequent?: boolean
  exact?: boolean // search just what was typed
}

/** News and convenience services, as the centre last told them (资讯和便民服务). */
export const bulletin = (): Promise<Bulletin> => get<Bulletin>('/api/bulletin')

export function items({ q = '', category = '', office = '', frequent = false, exact = false }: ItemsQuery): Promise<Items> {
  const p = new URLSearchParams()
  if (q) p.set('q', q)
  if (category) p.set('category', category)
  if (office) p.set('office', office)
  if (frequent) p.set('frequent', '1')
  if (exact) p.set('exact', '1')
  const s = p.toString()
  return get<Items>(`/api/items${s ? `?${s}` : ''}`)
}

export const item = (code: string): Promise<ItemDetail> => get<ItemDetail>(`/api/items/${encodeURIComponent(code)}`)

export function progress(caseNo = '', checkCode = ''): Promise<Progress> {
  if (!caseNo) return get<Progress>('/api/progress')
  return get<Progress>(`/api/progress?${new URLSearchParams({ case_no: caseNo, check_code: checkCode }).toString()}`)
}

/** What is written on the signature pad now (签名板笔迹). */
export const penInk = (): Promise<Pen> => get<Pen>('/api/pen')

export const preview = (): Promise<Preview> => get<Preview>('/api/camera/preview')
export const frameUrl = (rev: number): string => `/api/camera/frame?rev=${rev}`
export const pageUrl = (id: string): string => `/api/pages/${encodeURIComponent(id)}.jpg`
export const qrUrl = (text: string): string => `/api/qr?text=${encodeURIComponent(text)}`
