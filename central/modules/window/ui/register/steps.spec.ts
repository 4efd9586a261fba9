import { describe, expect, it } from 'vitest'
import { sampleDraft, sampleMaterial } from './sample'
import { after, begin, cameBy, changed, grouped, lacking, nextLacking, open, ways } from './steps'

const page = { id: 'p', url: '/p', mime: 'image/jpeg' }

describe('登记五步', () => {
  it('begins where something is missing', () => {
    const d = sampleDraft()
    expect(open(d, {})).toMatchObject({ situation: '', materials: '差 2 份', form: '1 个签名', review: '' })
    expect(begin(d, {})).toBe('materials')
    expect(begin(sampleDraft({ guide: { no: 1, of: 3, settled: false, stop: '' } }), {})).toBe('situation')
    expect(begin(sampleDraft({ materials: [], signers: [] }), {})).toBe('review')
    expect(open(sampleDraft({ guide: { no: 1, of: 1, settled: false, stop: '不属本机关' } }), {}).situation).toBe('不能办')
    expect([after('situation'), after('review')]).toEqual(['materials', 'review'])
  })
  it('walks over the papers that are missing, round the end', () => {
    const d = sampleDraft()
    expect(nextLacking(d)).toBe(0)
    expect(nextLacking(d, 0)).toBe(1)
    expect(nextLacking(d, 1)).toBe(0)
    d.materials[0]!.pages = [page]
    expect(nextLacking(d, 1)).toBe(1)
    d.materials[1]!.source = 'earlier'
    expect(nextLacking(d, 1)).toBe(-1)
    expect(lacking(d)).toEqual([])
  })
  it('knows how a paper came', () => {
    expect(cameBy(sampleMaterial({ need: 'exempt' }))).toBe('免交')
    expect(cameBy(sampleMaterial({ pages: [page], original_seen: true }))).toBe('1 页，看过原件')
    expect(cameBy(sampleMaterial({ source: 'later' }))).toBe('以后补交')
    expect(cameBy(sampleMaterial())).toBe('还没收')
  })
  it('shows what an answer did to the list', () => {
    const lease = sampleMaterial()
    const deed = sampleMaterial({ code: 'deed', name: '不动产权证书' })
    const c = changed([deed], [lease])
    expect([c.added, c.dropped.map((m) => m.code)]).toEqual([['lease'], ['deed']])
    expect(grouped([lease, sampleMaterial({ code: 'id', need: 'exempt' })], c.added, '租的').map((g) => g.title)).toEqual(['因为刚才选“租的”', '免交，用证照或系统代替'])
  })
  it('offers tolerance only for a paper that may come later', () => {
    const d = sampleDraft()
    const at = (ref: string) => ways(d, { on: 'material', ref, advice: { ok: false } }).map((w) => w.key).join('')
    expect([at('lease'), at('plan')]).toEqual(['ABCD', 'ACD'])
    expect(ways(d, { on: 'form', ref: 'area', advice: undefined })[0]!.title).toBe('现在改表单')
  })
})
