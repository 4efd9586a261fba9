// The devices of the counter this page is shown at (窗口外设): a service on the clerk's own computer reads cards, scans,
// prints, and takes signature and rating on the citizen's screen. Without it a page goes on: the clerk types and uploads.
import { computed, reactive, toRef } from 'vue'
import { signInMark } from './api'

export type Kind = 'idcard' | 'passport' | 'scanner' | 'barcode' | 'receipt' | 'laser'

export interface DeviceState {
  kind: Kind
  name: string
  model?: string
  ready: boolean
  inUse: boolean
  /** How it is, in words. */
  text: string
}

export interface Card {
  type: string
  name: string
  nameEN?: string
  sex?: string
  birth?: string
  address?: string
  idNumber: string
  issuer?: string
  validFrom?: string
  validTo?: string
}

/** A passport or a travel permit, as its printed lines for machines have it. */
export interface TravelDocument {
  /** Document code: P, PO, CS, CD, CR. */
  type: string
  issuer: string
  number: string
  name: string
  nationality?: string
  sex?: 'male' | 'female'
  /** YYYY-MM-DD. */
  birth?: string
  expires?: string
}

export interface Scan {
  file: File
  width: number
  height: number
}

export interface Waiting {
  /** Seconds. */
  wait?: number
  signal?: AbortSignal
}

/** Why a device did not do it. code is its completion code, or absent, unpaired, page; message is for the clerk. */
export class CounterProblem extends Error {
  constructor(
    readonly code: string,
    readonly reason: string,
    message: string,
  ) {
    super(message)
  }
}

type State = 'asking' | 'absent' | 'unpaired' | 'paired'

const kept = 'tongban.counter'
const lookLimit = 1500
const shared = reactive({ state: 'asking' as State, desk: '', devices: [] as DeviceState[], pad: { open: false, busy: '' } })
let place: Promise<string> | undefined

/** Where the service is, as the centre says; "" where there is none. */
function where(): Promise<string> {
  place ??= fetch('near.json', { credentials: 'same-origin' })
    .then((r) => (r.headers.get('Content-Type')?.includes('json') ? (r.json() as Promise<{ url: string }>) : { url: '' }))
    .then((v) => v.url)
    .catch(() => {
      place = undefined // asked again at the next look
      return ''
    })
  return place
}

const absent = () => new CounterProblem('absent', '', '这台电脑没有接外设，或外设程序没有运行。可以手输、上传，并写明原因')

async function send<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const base = await where()
  if (!base || !globalThis.crypto?.subtle) throw set('absent', absent())
  let res: Response
  try {
    res = await fetch(`${base}/api/v1/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${localStorage.getItem(kept) ?? ''}`, 'X-Session': await signInMark() },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
      signal,
    })
  } catch (e) {
    if (signal?.aborted && !(signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError')) throw new CounterProblem('canceled', '', '已经取消')
    throw set('absent', e instanceof CounterProblem ? e : absent())
  }
  const text = await res.text()
  const out: unknown = text ? JSON.parse(text) : undefined
  if (res.ok) return out as T
  const p = (out ?? {}) as { code?: string; reason?: string; message?: string }
  const problem = new CounterProblem(p.code ?? 'internalError', p.reason ?? '', p.message ?? '没有办成，请再试一次')
  if (res.status === 401) set('unpaired')
  throw problem
}

function set<T>(state: State, pass?: T): T {
  shared.state = state
  if (state !== 'paired') Object.assign(shared, { devices: [], pad: { open: false, busy: '' } })
  return pass as T
}

/** Asks how the devices are. */
async function look() {
  try {
    const hello = await send<{ desk: string; paired: boolean }>('hello', undefined, AbortSignal.timeout(lookLimit))
    shared.desk = hello.desk
    if (!hello.paired) return set('unpaired')
    Object.assign(shared, await send<object>('devices', {}, AbortSignal.timeout(lookLimit)))
    shared.state = 'paired'
  } catch {
    if (shared.state === 'asking') set('absent')
  }
}

async function pair(code: string) {
  const { token } = await send<{ token: string }>('pair', { code, session: await signInMark() })
  localStorage.setItem(kept, token)
  await look()
}

/** Lets the devices go: the citizen's screen is wiped, and nobody is paired. Called at the end of a sign-in. */
export async function leaveCounter() {
  if (localStorage.getItem(kept)) await send('unpair', {}, AbortSignal.timeout(lookLimit)).catch(() => {})
  localStorage.removeItem(kept)
  set('asking')
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64)
  const out = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i)
  return out
}

async function base64Of(b: Blob): Promise<string> {
  const bytes = new Uint8Array(await b.arrayBuffer())
  let text = ''
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return btoa(text)
}

interface Picture {
  width: number
  height: number
  jpeg: string
}

const calls = {
  look,
  pair,
  leave: leaveCounter,
  /** Shows the code on the citizen's screen for two minutes. */
  askCode: () => send<void>('pair/ask', {}),
  has: (kind: Kind) => shared.devices.some((d) => d.kind === kind && d.ready),
  readCard: (o: Waiting = {}) => send<Card>('card', { wait: o.wait ?? 30 }, o.signal),
  readDocument: (o: Waiting = {}) => send<TravelDocument>('document', { wait: o.wait ?? 30 }, o.signal),
  readCode: (o: Waiting = {}) => send<{ text: string; symbology: string }>('barcode', { wait: o.wait ?? 30 }, o.signal),
  /** What lies under the camera now. */
  async preview(signal?: AbortSignal): Promise<Blob> {
    return new Blob([bytesOf((await send<Picture>('preview', {}, signal)).jpeg)], { type: 'image/jpeg' })
  },
  /** One page, straightened; one that cannot be read is refused with code 'page'. */
  async scan(signal?: AbortSignal): Promise<Scan> {
    const p = await send<Picture>('scan', {}, signal)
    return { file: new File([bytesOf(p.jpeg)], '扫描件.jpg', { type: 'image/jpeg' }), width: p.width, height: p.height }
  },
  async sign(o: { title: string; text: string; who?: string } & Waiting): Promise<Blob> {
    const { signal, wait = 120, ...rest } = o
    return new Blob([bytesOf((await send<{ png: string }>('pad/sign', { ...rest, wait }, signal)).png)], { type: 'image/png' })
  },
  rate: (o: { question?: string } & Waiting = {}) => send<{ level: 1 | 2 | 3 | 4 | 5 }>('pad/rate', { question: o.question ?? '', wait: o.wait ?? 60 }, o.signal),
  show: (o: { title: string; lines: string[] }) => send<void>('pad/show', o),
  print: async (pdf: Blob, o: { copies?: number; duplex?: boolean } = {}) => send<{ pages: number }>('print', { pdf: await base64Of(pdf), copies: o.copies ?? 1, duplex: o.duplex ?? false }),
  slip: (o: { title: string; lines: string[]; qr?: string }) => send<{ confirmed: boolean }>('slip', { title: o.title, lines: o.lines, qr: o.qr ?? '' }),
  /** The visit is over: nothing of the citizen stays on their screen. */
  end: () => send<void>('end', {}),
}

/** The counter's devices: one state for all pages, and what can be done. */
export function useCounter() {
  return { ...calls, state: toRef(shared, 'state'), desk: toRef(shared, 'desk'), devices: computed(() => shared.devices), pad: computed(() => shared.pad) }
}
