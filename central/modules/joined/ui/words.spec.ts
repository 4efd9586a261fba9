import { describe, expect, it } from 'vitest'
import type { Track } from './types'
import { answerOf, healthOf, toneOf, troubled } from './words'

const asked = (answer: 'found' | 'unknown' | 'silent') => [{ system: 'estate', title: '不动产登记系统', answer, text: '' }]
const base = { no: 'BDC1', as_of: '', fresh: 'none' } as const

describe('what is said of a number', () => {
  it('never says that there is none while somebody is silent', () => {
    expect(answerOf({ ...base, asked: asked('silent') } as Track, false)).toBe('没有查到，但不动产登记系统没有应答，不能说没有')
    expect(answerOf({ ...base, asked: asked('unknown') } as Track, false)).toBe('哪个系统都没有这个编号')
  })
  it('says where it comes from', () => {
    const matter = { title: '转移登记', state_text: '已受理' }
    expect(answerOf({ ...base, fresh: 'live', asked: asked('found'), matter } as Track, false)).toBe('转移登记：已受理')
    expect(answerOf({ ...base, fresh: 'kept', asked: asked('silent'), matter } as Track, false)).toContain('上次听说的')
    expect(answerOf({ ...base, asked: asked('unknown') } as Track, true)).toContain('本窗口的办件')
  })
})

describe('states', () => {
  it('have shapes of their own', () => {
    expect(['done', 'supplement', 'refused', 'underway', 'waiting'].map(toneOf)).toEqual(['good', 'warn', 'bad', 'open', 'none'])
    expect(['ok', 'slow', 'trouble', 'down', 'off', 'unknown'].map((state) => healthOf({ state } as never).tone)).toEqual(['good', 'warn', 'warn', 'bad', 'none', 'none'])
    expect(troubled([{ state: 'ok' }, { state: 'down' }, { state: 'off' }] as never)).toBe(1)
  })
})
