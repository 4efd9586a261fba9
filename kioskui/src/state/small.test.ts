import { describe, expect, it } from 'vitest'
import { items } from '../../dev/scenes/catalogue'
import { matter } from '../../dev/scenes/scenes'
import { keyFor, settle } from '../api/key'
import { sideOf, spotOf } from '../device/spot'
import { breathe } from './card'
import { display, entries, missing, sheetsOf } from './form'
import { rootPx } from './frame'
import { secondsLeft, sounds } from './idle'
import { ageOn, groupFours, groupId, groupPhone, longDate, nameParts, veil } from './mask'
import { groupNo } from './progress'
import { paged, type Block } from './review'
import { fitted, judge, pointOf, pressureOf, widthOf, type Strokes } from './strokes'

describe('countdown', () => {
  it('runs on between two states and stops at nought', () => {
    expect(secondsLeft(30, 1000, 1000)).toBe(30)
    expect(secondsLeft(30, 1000, 6500)).toBe(25)
    expect(secondsLeft(30, 1000, 99000)).toBe(0)
  })
  it('sounds at 30, 15 and each of the last five seconds', () => {
    expect(Array.from({ length: 31 }, (_, i) => i).filter(sounds)).toEqual([1, 2, 3, 4, 5, 15, 30])
  })
})

describe('signature', () => {
  const box = [900, 400] as const
  const line = (x: number): Strokes[number] => [[x, 100, 0, 0.5], [x + 200, 120, 50, 0.5]]
  it('tells empty, too small and written apart', () => {
    expect(judge([], ...box)).toBe('empty')
    expect(judge([[[10, 10, 0, 0.5]]], ...box)).toBe('empty')
    expect(judge([[[10, 10, 0, 0.5], [20, 14, 9, 0.5]]], ...box)).toBe('small')
    expect(judge([line(100)], ...box)).toBe('written')
  })
  it('keeps points inside the box with whole milliseconds', () => expect(pointOf(-3, 512.349, 12.7, 0.5, 900, 400)).toEqual([0, 400, 13, 0.5]))
  it('shows what was written on the pad as large as the box, whole and in its shape', () => {
    const ink = { width: 900, height: 554, strokes: [[[450, 277, 5, 0.5], [900, 554, 9, 1]], null] }
    expect(fitted(ink, 450, 400)).toEqual([[[225, 138.5, 5, 0.5], [450, 277, 9, 1]], []])
    expect(fitted(ink, 900, 277)[0]?.[1]).toEqual([450, 277, 9, 1])
    expect(fitted({ width: 0, height: 0, strokes: null }, 900, 400)).toEqual([])
  })
  it('believes only a pen about pressure', () => {
    expect(pressureOf(0.734, 'pen')).toBe(0.73)
    expect(pressureOf(1, 'touch')).toBe(0.5)
    expect(widthOf(1, 10)).toBeGreaterThan(widthOf(0.2, 10))
  })
})

describe('masks and groups', () => {
  it('groups numbers as people read them, also unfinished', () => {
    expect(groupPhone('139081621')).toBe('139 0816 21')
    expect(groupPhone('13908162150')).toBe('139 0816 2150')
    expect(groupId('51079919460314002X')).toBe('510799 19460314 002X')
    expect(groupFours('6222020200116621')).toBe('6222 0202 0011 6621')
    expect(groupNo('26112400300376')).toBe('261124 003 0037 6')
    expect(veil('139 0816 21')).toBe('139 **** **')
  })
  it('breaks names after the dot', () => expect(nameParts('迪丽努尔·阿卜杜热依木艾合买提')).toEqual(['迪丽努尔·', '阿卜杜热依木艾合买提']))
  it('reads dates', () => {
    expect(longDate('2036-05-01')).toBe('2036年5月1日')
    expect(ageOn('1946-03-14', '2026-11-24')).toBe(80)
    expect(ageOn('19461125', '2026-11-24')).toBe(79)
    expect(ageOn('', '2026-11-24')).toBeUndefined()
  })
  it('breathes after the comma', () => expect(breathe('身份证拿早了，请再放一次')).toEqual(['身份证拿早了，', '请再放一次']))
})

describe('form', () => {
  const m = matter
  const [live, phone] = items[0]!.form.groups!
  it('puts so many fields on a screen and shows what the card gave on each', () => {
    expect(sheetsOf(live!, 3).map((s) => s.fields.map((f) => f.name))).toEqual([['district', 'address']])
    expect(sheetsOf(live!, 1)).toHaveLength(2)
    expect(sheetsOf(live!, 1).every((s) => s.shown.length === 2)).toBe(true)
  })
  it('gives a choice a screen of its own', () => {
    const choice = { name: 'kind', label: '类型', widget: 'choice', options: [{ value: 'a', label: '甲' }] }
    expect(sheetsOf({ ...live!, fields: [...live!.fields!.slice(2, 3), choice, live!.fields![3]!] }, 3)).toHaveLength(3)
  })
  it('counts what is missing', () => {
    expect(missing(m, phone!.fields![0]!, '139081621')).toBe(2)
    expect(missing(m, phone!.fields![0]!, '')).toBe(0)
    expect(display(m, phone!.fields![0]!, '139081621')).toBe('139 0816 21')
  })
  it('sends no masked value, no readonly one, and dates with dashes', () => {
    const g = { ...live!, fields: [...live!.fields!, { name: 'since', label: '从', widget: 'date' }] }
    expect(entries(m, g, { name: '陈桂芳', id_number: '510799********0028', district: ' 涪城区 ', address: '', since: '20261001' })).toEqual({
      district: '涪城区', address: '', since: '2026-10-01',
    })
  })
})

describe('check pages', () => {
  const lines = (n: number) => Array.from({ length: n }, (_, i) => ({ label: `${i}`, value: '' }))
  const block = (kind: Block['kind'], n: number, head: number): Block => ({ kind, lines: lines(n), head })
  it('keeps everything on one page when it fits', () => expect(paged([block('applicant', 0, 3), block('form', 4, 2), block('papers', 0, 4)], 13)).toHaveLength(1))
  it('loses no line when it does not', () => {
    const pages = paged([block('applicant', 0, 3), block('form', 20, 2), block('papers', 0, 4)], 12)
    expect(pages.length).toBeGreaterThan(2)
    expect(pages.flat().flatMap((b) => b.lines)).toHaveLength(20)
    expect(pages.flat().some((b) => b.kind === 'papers')).toBe(true)
  })
})

describe('the rest', () => {
  it('keeps a key for a deed until it was answered', () => {
    const k = keyFor('v1 rate {}')
    expect(keyFor('v1 rate {}')).toBe(k)
    settle('v1 rate {}')
    expect(keyFor('v1 rate {}')).not.toBe(k)
  })
  it('lights the part where the profile says it is', () => {
    expect(sideOf('idcard', '屏幕右下方')).toBe('right')
    expect(sideOf('receipt', '屏幕左下方出口')).toBe('left')
    expect(sideOf('scanner', '')).toBe('left')
    expect(spotOf('receipt', '').y).toBeGreaterThan(spotOf('idcard', '').y)
  })
  it('fits the drawn size to the panel', () => {
    expect(rootPx(1080, 1920)).toBe(16)
    expect(rootPx(1920, 1080)).toBe(16)
    expect(rootPx(2160, 3840)).toBe(32)
  })
})
