// What a phone asks when its owner shares papers with a counter (共享). The token is the phone's proof that it scanned the code first;
// it is kept for this tab only, so that taking a picture does not lose the place, and goes when it is over.

export interface Wanted {
  code: string
  name: string
  why: string
  given: boolean
  pages: number
  most: number
}

export interface Offer {
  id: string
  code: string
  for: string
  source: 'licence' | 'earlier'
  name: string
  from: string
  date: string
  warning: string
}

export interface View {
  state: 'opened' | 'proved' | 'agreed' | 'refused' | 'revoked' | 'used'
  state_text: string
  item: string
  office: string
  place: string
  person: string
  phone: string
  purpose: string
  wording: string
  sent: boolean
  tries_left: number
  papers: Wanted[] | null
  offers: Offer[] | null
  library: string
  asked: boolean
  chosen: string[] | null
}

/** What the centre refused, in its own words; status 0 is a line that is down. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

const slot = 'share'
const remembered = (key: string) => {
  const [k, token] = (sessionStorage.getItem(slot) ?? '').split(' ')
  return k === key ? (token ?? '') : ''
}
export const forget = () => sessionStorage.removeItem(slot)

async function call<T>(path: string, token: string, init: RequestInit): Promise<T> {
  let res: Response
  try {
    res = await fetch('/api/public/v1/sharing/codes/' + path, { ...init, headers: { ...(token ? { 'Share-Token': token } : {}), ...init.headers }, signal: AbortSignal.timeout(30_000) })
  } catch {
    throw new Refusal(0, 'line', '网络不通，过一会儿再试')
  }
  const body = (await res.json().catch(() => ({}))) as { code?: string; detail?: string; title?: string }
  if (!res.ok) throw new Refusal(res.status, body.code ?? '', res.status === 422 && !body.code ? '没有这个共享码，请窗口再出一张' : (body.detail ?? body.title ?? '现在办不了，过一会儿再试'))
  return body as T
}

/** A code in the hand of this phone. */
export class Share {
  private constructor(
    private key: string,
    private token: string,
  ) {}

  static async open(key: string): Promise<{ share: Share; view: View }> {
    const known = remembered(key)
    if (known) {
      const share = new Share(key, known)
      return { share, view: await share.look('', 'GET') }
    }
    const { token, view } = await call<{ token: string; view: View }>(encodeURIComponent(key) + '/open', '', { method: 'POST' })
    sessionStorage.setItem(slot, key + ' ' + token)
    return { share: new Share(key, token), view }
  }
  private look = (path: string, method: string, body?: unknown) =>
    call<View>(encodeURIComponent(this.key) + path, this.token, { method, ...(body ? { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } } : {}) })
  again = () => this.look('', 'GET')
  send = () => this.look('/message', 'POST')
  prove = (code: string, tail: string) => this.look('/proof', 'POST', { code, tail })
  search = () => this.look('/look', 'POST')
  agree = (chosen: string[]) => this.look('/consent', 'POST', { chosen })
  refuse = () => this.look('/refusal', 'POST')
  revoke = () => this.look('/revocation', 'POST')
  photo = (code: string, picture: Blob) =>
    call<View>(encodeURIComponent(this.key) + '/photos/' + encodeURIComponent(code), this.token, { method: 'POST', body: picture, headers: { 'Content-Type': 'application/octet-stream', 'Idempotency-Key': crypto.randomUUID().replaceAll('-', '') } })
}

/** A picture of a paper made fit for sending: long side 2000, JPEG. What cannot be drawn is sent as it is, and the centre judges. */
export async function fit(file: File): Promise<Blob> {
  try {
    const image = await createImageBitmap(file)
    const by = Math.min(1, 2000 / Math.max(image.width, image.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(image.width * by)
    canvas.height = Math.round(image.height * by)
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
    return (await new Promise<Blob | null>((r) => canvas.toBlob(r, 'image/jpeg', 0.85))) ?? file
  } catch {
    return file
  }
}
