// The two questions that anybody may ask of the centre (公众查询). Answers are typed as the server documents them.

export interface Fact {
  label: string
  value: string
}

export interface Difference {
  label: string
  yours: string
  record: string
}

export interface Verified {
  verdict: 'valid' | 'changed' | 'revoked' | 'not_found'
  title: string
  no: string
  office: string
  date: string
  note: string
  facts: Fact[]
  differences: Difference[]
}

export interface Step {
  title: string
  note?: string
  at?: string
  state: 'done' | 'now' | 'coming' | 'you'
}

export interface Paper {
  title: string
  no: string
  date: string
}

export interface Progress {
  case_no: string
  item: string
  state: string
  state_text: string
  answer: string
  next?: string
  office: string
  due_text?: string
  applicant: string
  submitted: string
  steps: Step[]
  documents: Paper[]
}

/** Why there is no answer: the thing does not exist, or nobody can say now. The two must never look alike. */
export class NoAnswer extends Error {
  constructor(
    readonly kind: 'not_found' | 'unavailable',
    message: string,
  ) {
    super(message)
  }
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  let res: Response
  try {
    res = await fetch('/api/public/v1' + path, { ...init, signal: AbortSignal.timeout(12_000) })
  } catch {
    throw new NoAnswer('unavailable', '网络不通，过一会儿再试')
  }
  if (res.status === 404 || res.status === 422) throw new NoAnswer('not_found', '没有查到')
  if (!res.ok) throw new NoAnswer('unavailable', '现在查不了，过一会儿再试')
  return (await res.json()) as T
}

export const verifyCode = (code: string) => ask<Verified>('/window/documents/' + encodeURIComponent(code))

export const verifyFile = (code: string, file: Blob) =>
  ask<Verified>('/window/documents/' + encodeURIComponent(code) + '/file', {
    method: 'POST',
    headers: { 'Content-Type': 'application/pdf' },
    body: file,
  })

export const progress = (key: string) => ask<Progress>('/window/progress/' + encodeURIComponent(key))

export interface Invited {
  no: string
  item_name: string
  rated: number
  points: string[]
}

export const invited = (key: string) => ask<Invited>('/issuing/ratings/' + encodeURIComponent(key))

/** Rates the matter of a link, once; an answer without a body. */
export async function rate(key: string, given: { level: number; points: string[]; words: string }): Promise<void> {
  const res = await fetch('/api/public/v1/issuing/ratings/' + encodeURIComponent(key), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(given),
    signal: AbortSignal.timeout(12_000),
  })
  if (!res.ok && res.status !== 409) throw new NoAnswer('unavailable', '现在送不到，过一会儿再试') // 409: it is there already
}
