import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { crowd } from './live'
import { soon } from './soon'

// A quiet office follows at once, a busy one less and less often, a page that nobody looks at not at all.
beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('one piece of news is followed in a moment, a burst of it once', () => {
  const ask = vi.fn()
  const s = soon(ask, 400)
  for (let i = 0; i < 20; i++) s.later()
  vi.advanceTimersByTime(399)
  expect(ask).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(ask).toHaveBeenCalledTimes(1)
  s.stop()
})

test('a minute of news without end is followed a few times, the last of it too, and quiet makes it quick again', () => {
  const ask = vi.fn()
  const s = soon(ask, 400, 10_000)
  for (let ms = 0; ms < 60_000; ms += 100) {
    s.later()
    vi.advanceTimersByTime(100)
  }
  const busy = ask.mock.calls.length
  expect(busy).toBeGreaterThan(6)
  expect(busy).toBeLessThan(13)
  vi.advanceTimersByTime(10_000)
  expect(ask).toHaveBeenCalledTimes(busy + 1)
  vi.advanceTimersByTime(10_001)
  s.later()
  vi.advanceTimersByTime(400)
  expect(ask).toHaveBeenCalledTimes(busy + 2)
  s.stop()
})

test('a hidden page asks when it is seen again', () => {
  const ask = vi.fn()
  const state = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
  const s = soon(ask)
  s.later()
  vi.advanceTimersByTime(60_000)
  expect(ask).not.toHaveBeenCalled()
  state.mockReturnValue('visible')
  document.dispatchEvent(new Event('visibilitychange'))
  expect(ask).toHaveBeenCalledTimes(1)
  s.stop()
})

test('what would be asked soon is asked at once when somebody looks, and nothing without news', () => {
  const ask = vi.fn()
  const s = soon(ask, 5000)
  s.hurry()
  expect(ask).not.toHaveBeenCalled()
  s.later()
  s.hurry()
  expect(ask).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(60_000)
  expect(ask).toHaveBeenCalledTimes(1)
  s.stop()
})

test('with many consoles open the first question is spread over seconds', () => {
  crowd.listening = 2500
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  const ask = vi.fn()
  const s = soon(ask, 400)
  s.later()
  vi.advanceTimersByTime(5399)
  expect(ask).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(ask).toHaveBeenCalledTimes(1)
  crowd.listening = 0
  s.stop()
})

test('with many consoles open the next questions keep their distance, longer for what is dear', () => {
  crowd.listening = 2500
  for (const [share, wait] of [
    [4, 10_000],
    [12, 30_000],
  ] as const) {
    const ask = vi.fn()
    const s = soon(ask, 400, 60_000, share)
    s.later()
    vi.advanceTimersByTime(400)
    expect(ask).toHaveBeenCalledTimes(1)
    s.later()
    vi.advanceTimersByTime(wait - 1)
    expect(ask).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(1)
    expect(ask).toHaveBeenCalledTimes(2)
    s.stop()
  }
  crowd.listening = 0
})
