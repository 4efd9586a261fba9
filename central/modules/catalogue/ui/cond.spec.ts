import { describe, expect, it } from 'vitest'
import { asks, gapOf, kindOf, renamed, speaksOf, turned, without, wordsOf } from './cond'
import type { Cond, Question } from './types'

const questions: Question[] = [
  { id: 'form', text: '经营形式是什么？', why: '', options: [{ value: 'sell', label: '销售' }, { value: 'serve', label: '餐饮' }] },
  { id: 'place', text: '场所是怎么来的？', why: '', options: [{ value: 'rent', label: '租的' }, { value: 'own', label: '自己的' }] },
]
const both: Cond = { all: [{ q: 'form', is: ['serve'] }, { not: { q: 'place', is: ['own'] } }] }

describe('conditions', () => {
  it('are said in words', () => {
    expect(wordsOf(undefined, questions)).toBe('总是')
    expect(wordsOf(both, questions)).toBe('第 1 问答“餐饮”，并且 第 2 问没答“自己的”')
    expect(wordsOf({ any: [both, { q: 'place', is: ['rent', 'own'] }] }, questions)).toBe('（第 1 问答“餐饮”，并且 第 2 问没答“自己的”），或者 第 2 问答“租的”或“自己的”')
    expect(wordsOf({ q: 'gone', is: ['x'] }, questions)).toBe('没有的问题“gone”答“没有的答案“x””')
  })
  it('turn into another kind and keep what they can', () => {
    const leaf: Cond = { q: 'form', is: ['sell'] }
    expect(turned(leaf, 'all', 'form')).toEqual({ all: [leaf] })
    expect(turned(both, 'any', 'form')).toEqual({ any: both.all })
    expect(turned(leaf, 'not', 'form')).toEqual({ not: leaf })
    expect(turned(both, 'said', 'form')).toEqual(leafOf(both))
    expect(turned(both, 'always', 'form')).toBeUndefined()
    expect(kindOf(turned(undefined, 'said', 'place'))).toBe('said')
  })
  it('say what is missing', () => {
    expect(gapOf(both, questions)).toBe('')
    expect(gapOf({ all: [{ q: 'form', is: [] }] }, questions)).toBe('选至少一个答案')
    expect(gapOf({ q: 'gone', is: ['x'] }, questions)).toBe('选一个问题')
  })
  it('follow an answer that is renamed, and lose one that is gone', () => {
    expect(renamed(both, 'form', 'serve', 'dine')).toEqual({ all: [{ q: 'form', is: ['dine'] }, { not: { q: 'place', is: ['own'] } }] })
    expect(renamed(both, 'form', 'serve', '')).toEqual({ not: { q: 'place', is: ['own'] } })
    expect(without(both, 'place')).toEqual({ q: 'form', is: ['serve'] })
    expect(without({ q: 'form', is: ['sell'] }, 'form')).toBeUndefined()
  })
  it('know what they look at', () => {
    expect(asks(both)).toEqual(['form', 'place'])
    expect(speaksOf(both, 'form', 'serve')).toBe(true)
    expect(speaksOf(both, 'place', 'own')).toBe(false) // a negation is not an effect of the answer
  })
})

const leafOf = (c: Cond) => c.all![0]!
