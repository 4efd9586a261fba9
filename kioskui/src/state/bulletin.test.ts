import { describe, expect, it } from 'vitest'
import { onPages, textPages, turned } from './bulletin'

describe('rows of different height', () => {
  const of = (all: number[], room: number) => onPages(all, room, 1, (n) => n)
  it('fills a page and turns it before it overflows', () => expect(of([3, 3, 3, 3], 11)).toEqual([[3, 3, 3], [3]]))
  it('shows a row that is higher than the page by itself', () => expect(of([2, 20, 2], 5)).toEqual([[2], [20], [2]]))
  it('is no page of nothing', () => expect(of([], 5)).toEqual([]))
  const keyed = (all: number[], room: number) => turned(room, 4, (r) => onPages(all, r, 1, (n) => n))
  it('has no keys where one page holds all', () => expect(keyed([3, 3], 7)).toEqual([[3, 3]]))
  it('leaves room for the keys where there are more', () => expect(keyed([3, 3, 3], 10)).toEqual([[3], [3], [3]]))
  it('is one page before anything was measured', () => {
    expect(keyed([2, 2], 0)).toEqual([[2, 2]])
    expect(turned(0, 4, (r) => textPages('一句。两句。', 4, r))).toEqual(['一句。两句。'])
  })
})

describe('a long text', () => {
  it('that fits is one page', () => expect(textPages('一句话。', 10, 3)).toEqual(['一句话。']))
  it('turns the page behind a sentence', () => expect(textPages('一二三四。六七八九十一二。', 5, 2)).toEqual(['一二三四。', '六七八九十一二。']))
  it('is cut where no sentence ends', () => expect(textPages('一二三四五六七八九十', 2, 2)).toEqual(['一二三四', '五六七八', '九十']))
  it('keeps its paragraphs', () => expect(textPages('第一段。\n\n第二段。', 10, 5)).toEqual(['第一段。\n\n第二段。']))
  it('begins a sentence that does not fit any more on the next page', () => expect(textPages('一。\n二三四五六七八九十。', 5, 2)).toEqual(['一。', '二三四五六七八九十。']))
  it('loses no character', () => {
    const text = Array.from({ length: 40 }, (_, i) => `第${i}句话写得不长${'啊'.repeat(i % 7)}。`).join('')
    for (const [perLine, lines] of [[7, 3], [20, 5], [3, 1], [50, 50]] as const) {
      const pages = textPages(text, perLine, lines)
      expect(pages.join('')).toBe(text)
      for (const p of pages) expect([...p].length).toBeLessThanOrEqual(perLine * lines)
    }
  })
  it('of nothing is an empty page', () => expect(textPages('', 5, 5)).toEqual(['']))
})
