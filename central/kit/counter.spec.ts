import { beforeEach, expect, test, vi } from 'vitest'
import { setCSRF, signInMark } from './api'
import { CounterProblem, leaveCounter, useCounter } from './counter'

// A service that answers as tongban-agent counter does; asked keeps what was sent.
let asked: { url: string; headers: Record<string, string>; body: unknown }[] = []
let answers: Record<string, { status: number; body?: unknown }> = {}
const memory = new Map<string, string>()

beforeEach(async () => {
  vi.stubGlobal('localStorage', { getItem: (k: string) => memory.get(k) ?? null, setItem: (k: string, v: string) => memory.set(k, v), removeItem: (k: string) => memory.delete(k) })
  asked = []
  answers = {}
  vi.stubGlobal('fetch', async (url: string, init: { headers?: Record<string, string>; body?: string; signal?: AbortSignal } = {}) => {
    if (url === 'near.json') return new Response('{"url":"http://127.0.0.1:17653"}', { headers: { 'Content-Type': 'application/json' } })
    const name = url.replace('http://127.0.0.1:17653/api/v1/', '')
    asked.push({ url, headers: init.headers ?? {}, body: init.body && JSON.parse(init.body) })
    const a = answers[name]
    if (!a) throw new TypeError('connection refused')
    return new Response(a.status === 204 ? null : JSON.stringify(a.body ?? {}), { status: a.status })
  })
  setCSRF('token-of-this-sign-in')
  await leaveCounter()
})

test('a computer without devices is absent, and says what the clerk can do', async () => {
  const c = useCounter()
  await c.look()
  expect(c.state.value).toBe('absent')
  await expect(c.readCard()).rejects.toThrow('手输')
})

test('a pairing belongs to the sign-in; another one is not paired', async () => {
  const c = useCounter()
  answers = { hello: { status: 200, body: { desk: 'B-12', paired: false } }, pair: { status: 200, body: { token: 'T' } } }
  await c.look()
  expect(c.state.value).toBe('unpaired')
  answers.hello!.body = { desk: 'B-12', paired: true }
  answers.devices = { status: 200, body: { devices: [{ kind: 'idcard', name: '身份证阅读器', ready: true, inUse: false, text: '能用' }], pad: { open: true, busy: '' } } }
  await c.pair('123456')
  expect(c.state.value).toBe('paired')
  expect(c.has('idcard')).toBe(true)
  expect(c.has('laser')).toBe(false)
  const last = asked.at(-1)!
  expect(last.headers.Authorization).toBe('Bearer T')
  expect(last.headers['X-Session']).toBe(await signInMark())
  expect(JSON.stringify(asked)).not.toContain('token-of-this-sign-in')
  setCSRF('another')
  expect(await signInMark()).not.toBe(last.headers['X-Session'])
  answers.card = { status: 401, body: { code: 'unpaired', message: '到“外设”页输签字屏上的 6 位数' } }
  await expect(c.readCard()).rejects.toMatchObject({ code: 'unpaired' })
  expect(c.state.value).toBe('unpaired')
})

test('a refused page names its reason; an aborted read is cancelled, not absent', async () => {
  const c = useCounter()
  answers = { scan: { status: 422, body: { code: 'page', reason: 'blurred', message: '拍糊了，把纸压平再拍' } } }
  const e = await c.scan().catch((e: unknown) => e)
  expect(e).toBeInstanceOf(CounterProblem)
  expect(e).toMatchObject({ code: 'page', reason: 'blurred', message: '拍糊了，把纸压平再拍' })
  const stop = new AbortController()
  stop.abort()
  await expect(c.readCard({ signal: stop.signal })).rejects.toMatchObject({ code: 'canceled' })
  expect(c.state.value).not.toBe('absent')
})

test('the end of a sign-in lets the devices go', async () => {
  const c = useCounter()
  answers = { hello: { status: 200, body: { desk: '', paired: true } }, devices: { status: 200, body: { devices: [], pad: { open: false, busy: '' } } }, unpair: { status: 204 } }
  memory.set('tongban.counter', 'T')
  await c.look()
  await leaveCounter()
  expect(asked.at(-1)!.url).toContain('/unpair')
  expect(memory.has('tongban.counter')).toBe(false)
})
