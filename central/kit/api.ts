// One way to ask the centre (接口调用): problems come as Problem with the sentence for the person, every write carries an
// idempotency key that survives a retry of the same press.

export interface FieldProblem {
  path: string
  message: string
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: FieldProblem[] = [],
    readonly request = '',
  ) {
    super(message)
  }
}

let csrf = ''
let asked = Date.now()
let onSignedOut: () => void = () => {}

/** When the centre was last asked anything; the session counts its idle time from there. */
export const lastAsked = () => asked

export const setCSRF = (token: string) => (csrf = token)
/** Names this sign-in to a service that must not outlive it, without telling it the token itself (本次登录的标记). */
export async function signInMark(): Promise<string> {
  const sum = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('near ' + csrf))
  return Array.from(new Uint8Array(sum), (b) => b.toString(16).padStart(2, '0')).join('')
}
export const whenSignedOut = (f: () => void) => (onSignedOut = f)

/** Nobody answered, or only something on the way did: whether it was done is not known, so it is said again with the same key. */
export const silent = (e: unknown) => e instanceof Problem && (e.status === 0 || e.status === 502 || e.status === 503 || e.status === 504)

export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  body?: unknown
  /** A picture or a paper sent as it is, instead of a body. */
  raw?: Blob
  key?: string
  signal?: AbortSignal
  /** Another token than the console's, for calls to the sign-on. */
  csrf?: string
}

async function send(path: string, c: Call): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (c.method && c.method !== 'GET') {
    headers['Content-Type'] = c.raw ? c.raw.type : 'application/json'
    headers['X-CSRF'] = c.csrf ?? csrf
    headers['Idempotency-Key'] = c.key ?? newKey()
  }
  let res: Response
  asked = Date.now()
  try {
    res = await fetch(path, { method: c.method ?? 'GET', headers, body: c.raw ?? (c.body === undefined ? undefined : JSON.stringify(c.body)), signal: c.signal, credentials: 'same-origin' })
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e
    throw new Problem(0, 'network', '网络断了，您写的内容还在，网通了再按一次')
  }
  if (res.ok) return res
  const p = (await res.json().catch(() => ({}))) as { code?: string; detail?: string; fields?: FieldProblem[]; request?: string }
  if (res.status === 401 && !path.startsWith('/sso/')) onSignedOut()
  throw new Problem(res.status, p.code ?? 'http', p.detail ?? '没有办成，请再试一次', p.fields ?? [], p.request)
}

export async function ask<T>(path: string, c: Call = {}): Promise<T> {
  const res = await send(path, c)
  return (res.status === 204 ? undefined : await res.json()) as T
}

/** A paper or a picture; the caller revokes the URL. */
export async function askBlob(path: string, c: Call = {}): Promise<Blob> {
  return (await send(path, c)).blob()
}
