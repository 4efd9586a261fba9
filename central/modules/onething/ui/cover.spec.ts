import { describe, expect, it } from 'vitest'
import { byWords, saved, sheets } from './cover'
import type { Cover } from './types'

const field = (item: string, name: string, by: string, from: string): Cover => ({ item, form: item + '-form', field: name, label: name, element: '', by, from, shared: false }) as Cover

describe('cover of official forms', () => {
  const cover = [field('a', 'name', 'asked', 'name'), field('b', 'name', 'asked', 'name'), field('b', 'no', 'passed', 'a'), field('b', 'lost', '', '')]
  it('counts what is asked once for several forms', () => expect(saved(cover)).toEqual({ fields: 4, asked: 1 }))
  it('names the form that has a field without a source', () => expect(sheets(cover).map((s) => [s.item, s.open])).toEqual([['a', 0], ['b', 1]]))
  it('says that nothing fills a field', () => expect(byWords(cover[3]!)).toBe('没有来处'))
})
