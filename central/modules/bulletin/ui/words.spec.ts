import { describe, expect, it } from 'vitest'
import type { Board, Column, Row } from './types'
import { answer, moved, publishing, standing, until } from './words'

const column = (more: Partial<Column> = {}): Column => ({ code: 'antifraud', name: '防诈宣传', kind: 'news', on: true, all: 1, shown: 1, ...more })
const row = (more: Partial<Row> = {}): Row => ({ code: 'n', column: 'antifraud', state: 'shown', title: '样例', body: '样例', source: '样例局', on: '2026-11-20', until: '', phone: '', place: '', hours: '', seq: 1, ...more })
const today = '2026-11-28'

describe('how far an entry is', () => {
  it.each([
    ['草稿', row({ state: 'draft' }), column()],
    ['在终端上', row(), column()],
    ['在终端上', row({ until: '2026-11-29' }), column()],
    ['今天到期', row({ until: today }), column()],
    ['11-27 到期', row({ state: 'ended', until: '2026-11-27' }), column()],
    ['已撤下', row({ state: 'withdrawn' }), column()],
    ['栏目停用', row(), column({ on: false })],
    ['草稿', row({ state: 'draft' }), column({ on: false })],
  ])('%s', (word, r, c) => expect(standing(r, c, today).word).toBe(word))
  it('says until when', () => {
    expect(until(row(), today)).toBe('一直')
    expect(until(row({ until: '2026-12-01' }), today)).toBe('到 12-01')
    expect(until(row({ until: '2027-01-05' }), today)).toBe('到 2027-01-05')
    expect(publishing(row({ until: '2026-12-01' }), today)[1]).toBe('12月1日过完，终端自己撤下，断网也撤。')
    expect(publishing(row({ until: '2027-01-05' }), today)[1]).toBe('2027年1月5日过完，终端自己撤下，断网也撤。')
  })
})

describe('the sentence over the page', () => {
  const board = (columns: Column[], rows: Row[]): Board => ({ columns, rows, today })
  it('counts what terminals show, and what goes today', () => {
    expect(answer(board([column({ shown: 2 })], [row(), row({ until: today })]))).toBe('终端上有 2 条，1 条今天到期')
    expect(answer(board([column({ shown: 2 })], [row(), row()]))).toBe('终端上有 2 条')
  })
  it('does not count a column that is off', () => expect(answer(board([column({ on: false, shown: 0 })], [row({ until: today })]))).toBe('终端上现在没有资讯'))
})

describe('the order of columns', () => {
  it('moves one by a step', () => expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b']))
  it('stops at the ends', () => {
    const all = ['a', 'b']
    expect(moved(all, 'a', -1)).toBe(all)
    expect(moved(all, 'b', 1)).toBe(all)
    expect(moved(all, 'x', 1)).toBe(all)
  })
})
