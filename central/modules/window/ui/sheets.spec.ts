import { describe, expect, it } from 'vitest'
import { sampleCase } from './sample.case'
import { firstSheet, pointsAt, sheetOfPoint, sheetsOf } from './sheets'

const paper = { id: 'd1', no: '绵涪审民受〔2026〕1号', kind: 'acceptance', title: '受理通知书', created_at: '', url: '/d1', verify_code: 'A8N8HGK6', state: 'valid' }

describe('the sheets of a case', () => {
  it('are the form, every page, the signatures and the papers, in this order', () => {
    const sheets = sheetsOf(sampleCase({ documents: [paper] }))
    expect(sheets.map((s) => [s.kind, s.label])).toEqual([
      ['form', '申请表'],
      ['image', '居民户口簿 1/2'],
      ['image', '居民户口簿 2/2'],
      ['signatures', '签名'],
      ['paper', '受理通知书'],
    ])
  })

  it('have no page for a paper that comes later', () => {
    expect(sheetsOf(sampleCase()).some((s) => s.material === 'stopped')).toBe(false)
  })
})

describe('where a point is seen', () => {
  const sheets = sheetsOf(sampleCase())
  it.each([
    ['identity', '', 'form'],
    ['form', 'card_no', 'form'],
    ['condition', 'card', 'form'],
    ['material', 'hukou', 'image'],
    ['material', 'stopped', 'form'], // it has no page: the form says that it comes later
    ['signature', 'applicant', 'signatures'],
  ])('%s %s: %s', (on, ref, kind) => expect(sheets[sheetOfPoint(sheets, { on, ref })]!.kind).toBe(kind))
})

describe('the number of a point', () => {
  const { points } = sampleCase()
  const no = (ps: { no: number }[]) => ps.map((p) => p.no)
  it('stands at the row, page or signature that is judged', () => {
    expect(no(pointsAt.field(points, { name: 'name', source: '证件读出' }))).toEqual([1])
    expect(no(pointsAt.field(points, { name: 'card_no', source: '申请人填写' }))).toEqual([3])
    expect(no(pointsAt.material(points, 'hukou'))).toEqual([2])
    expect(no(pointsAt.answers(points))).toEqual([4])
    expect(no(pointsAt.signature(points, 'applicant'))).toEqual([5])
    expect(pointsAt.signature(points, 'spouse')).toEqual([])
  })
})

describe('the first sheet', () => {
  it('is the form while the case is open', () => expect(firstSheet(sampleCase({ documents: [paper], state: 'accepted' }))).toBe(0))
  it('is the paper a closed case ended with', () => expect(firstSheet(sampleCase({ documents: [paper], state: 'granted' }))).toBe(4))
})
