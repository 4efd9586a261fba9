import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { crowd, hear } from './live'

// One stream whatever the number of listeners; it is opened anew when the browser gives up.
class Source {
  static CLOSED = 2
  static all: Source[] = []
  readyState = 1
  onopen = () => {}
  onerror = () => {}
  private on = new Map<string, ((e: { data: string }) => void)[]>()
  constructor(readonly url: string) {
    Source.all.push(this)
  }
  addEventListener(t: string, f: (e: { data: string }) => void) {
    this.on.set(t, [...(this.on.get(t) ?? []), f])
  }
  close() {
    this.readyState = 2
  }
  send(t: string, key: string) {
    this.say(t, JSON.stringify({ key, at: '', data: {} }))
  }
  say(t: string, data: string) {
    for (const f of this.on.get(t) ?? []) f({ data })
  }
}
beforeEach(() => {
  vi.useFakeTimers()
  Source.all = []
  vi.stubGlobal('EventSource', Source)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('every module hears its own topics over one stream, each once', () => {
  const a = vi.fn()
  const b = vi.fn()
  const leaveA = hear(['window.accepted'], a)
  const leaveB = hear(['window.accepted', 'hall.ticket'], b)
  expect(Source.all).toHaveLength(1)
  Source.all[0]!.send('window.accepted', 'c-1')
  Source.all[0]!.send('hall.ticket', 't-1')
  expect(a.mock.calls.map(([t]) => t)).toEqual(['window.accepted'])
  expect(b.mock.calls.map(([t, e]) => t + ' ' + e.key)).toEqual(['window.accepted c-1', 'hall.ticket t-1'])
  leaveA()
  expect(Source.all[0]!.readyState).toBe(1)
  leaveB()
  expect(Source.all[0]!.readyState).toBe(2)
})

test('what the browser gives up on is opened anew and heard by the same listeners', () => {
  const a = vi.fn()
  const leave = hear(['window.accepted'], a)
  Source.all[0]!.close()
  Source.all[0]!.onerror()
  vi.advanceTimersByTime(3000)
  expect(Source.all).toHaveLength(2)
  Source.all[1]!.send('window.accepted', 'c-2')
  expect(a).toHaveBeenCalledTimes(1)
  leave()
})

test('a line that says nothing is told of and opened anew; beats keep it', () => {
  const link = vi.fn()
  window.addEventListener('live-link', (e) => link((e as CustomEvent<string>).detail))
  const leave = hear(['window.accepted'], vi.fn())
  for (let i = 0; i < 5; i++) {
    vi.advanceTimersByTime(8000)
    Source.all[0]!.say('beat', i ? '{"listening":7}' : '')
  }
  expect(crowd.listening).toBe(7)
  expect(Source.all).toHaveLength(1)
  vi.advanceTimersByTime(20_001)
  expect(link).toHaveBeenLastCalledWith('down')
  expect(Source.all[0]!.readyState).toBe(2)
  expect(Source.all).toHaveLength(2)
  Source.all[1]!.onopen()
  expect(link).toHaveBeenLastCalledWith('up')
  leave()
  vi.advanceTimersByTime(60_000)
  expect(Source.all).toHaveLength(2)
})
