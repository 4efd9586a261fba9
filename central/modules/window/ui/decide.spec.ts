import { describe, expect, it } from 'vitest'
import { faster, bodyOf, consequences, fieldId, gapsOf, lastChecks, missing, newDraft, plainPath } from './decide'
import { sampleCase } from './sample.case'

const proof = () => sampleCase({ acts: ['grant', 'accept'], item_facts: { ...sampleCase().item_facts, proof: ['参保地', '缴费到'], result: '个人参保证明' } })

describe('gaps that the machine lists', () => {
  it('are papers left for later and points whose check failed', () => {
    const c = sampleCase()
    c.points[2] = { ...c.points[2]!, advice: { ok: false, text: '卡号少一位', confidence: 98 } }
    expect(gapsOf(c)).toEqual([
      { on: true, what: '没有交', how: '带停发证明到窗口，或在自助机上补交', ref: 'stopped', from: '申请人选了稍后补交' },
      { on: true, what: '账号校验通过：卡号少一位', how: '', ref: 'form', from: '机器列出', confidence: 98 },
    ])
  })

  it('are one empty line for the clerk when the machine has none', () => {
    expect(gapsOf(sampleCase({ papers: [], points: [] }))).toEqual([{ on: true, what: '', how: '', ref: '', from: '您补充的' }])
  })
})

describe('what is missing before a key', () => {
  it('is nothing for an acceptance', () => expect(missing('accept', newDraft(sampleCase()))).toEqual([]))

  it('is the case of the law and a reason for a refusal, counted in characters', () => {
    const d = { ...newDraft(sampleCase()), reason: '不行𠮷' }
    expect(missing('refuse', d)).toEqual([
      { path: 'reason_code', message: '选一种不予受理的情形' },
      { path: 'reason', message: '理由至少 8 个字，还差 5 个' },
    ])
  })

  it('is where else to go, when it is not ours', () => {
    const d = { ...newDraft(sampleCase()), reason_code: 'not_ours', reason: '这件事由医疗保障局办理' }
    expect(missing('refuse', d).map((m) => m.path)).toEqual(['right_office'])
    expect(missing('refuse', { ...d, right_office: '市医保局' })).toEqual([])
  })

  it('is the words of every gap that is ticked, and a whole number of days', () => {
    const d = newDraft(sampleCase())
    d.gaps = [{ on: true, what: '缺页', how: '', ref: '', from: '' }, { on: false, what: '', how: '', ref: '', from: '' }]
    d.days = 2.5
    expect(missing('notice', d).map((m) => m.path)).toEqual(['gaps[0].how', 'days'])
    d.gaps[0]!.on = false
    expect(missing('notice', d).map((m) => m.path)).toEqual(['gaps', 'days'])
  })

  it('is every line of a proof', () => {
    const d = newDraft(proof())
    d.facts[0]!.value = '绵阳市'
    expect(missing('grant', d)).toEqual([{ path: 'facts[1].value', message: '照业务系统填写“缴费到”' }])
  })
})

describe('the body of the call', () => {
  it('carries the version that was seen, and trimmed words', () => {
    expect(bodyOf(sampleCase(), 'accept', { ...newDraft(sampleCase()), note: ' 好 ' })).toEqual({ version: 3, note: '好' })
  })

  it('names gaps as the centre knows them and leaves out what is not ticked', () => {
    const d = newDraft(sampleCase())
    d.gaps.push({ on: false, what: 'x', how: 'y', ref: '', from: '' })
    expect(bodyOf(sampleCase(), 'notice', d)).toMatchObject({ days: 10, gaps: [{ what: '没有交', ref: 'stopped' }] })
  })

  it('names another office only when it is theirs', () => {
    const d = { ...newDraft(sampleCase()), reason_code: 'not_eligible', reason: '未满八十周岁', right_office: '市医保局' }
    expect(bodyOf(sampleCase(), 'refuse', d)).not.toHaveProperty('right_office')
    expect(bodyOf(sampleCase(), 'refuse', { ...d, reason_code: 'not_ours' })).toHaveProperty('right_office', '市医保局')
  })

  it('has facts only where the result is a proof', () => {
    expect(bodyOf(sampleCase(), 'grant', newDraft(sampleCase()))).not.toHaveProperty('facts')
    expect(bodyOf(proof(), 'grant', newDraft(proof()))).toHaveProperty('facts.length', 2)
  })
})

describe('what the key will do', () => {
  const words = (act: 'accept' | 'notice' | 'refuse' | 'grant', c = sampleCase()) => consequences(c, act, newDraft(c)).map((x) => x.text).join('\n')
  it('names the paper and how the applicant learns of it', () => {
    expect(words('accept')).toContain('受理通知书')
    expect(words('refuse')).toContain('不予受理通知书')
    expect(words('grant', proof())).toContain('个人参保证明')
    expect(words('accept')).toContain('139****2150')
  })
  it('counts the gaps and warns of a second notice', () => {
    expect(words('notice')).toContain('列 1 项')
    expect(words('notice')).toContain('第 2 次')
  })
})

describe('the last look', () => {
  it('shows open points and missing papers as warnings, the rest as done', () => {
    expect(lastChecks(sampleCase()).map((c) => [c.ok, c.text])).toEqual([
      [false, '还有 5 个审查要点没看'],
      [false, '停发证明没有交'],
      [true, '材料 1 份'],
      [true, '签名 1 个'],
    ])
  })
})

describe('field paths', () => {
  it('lose the wrapping of the centre', () => expect(plainPath('body.gaps[0].how')).toBe('gaps[0].how'))
  it('make ids that a page may carry', () => expect(fieldId('gaps[0].how')).toBe('f-gaps-0-how'))
})

describe('who was faster', () => {
  const line = (at: string, kind: string, title: string) => ({ at, kind, title })
  it('is a person, though a system wrote to the timeline later', () => {
    expect(faster([line('2026-11-26T10:00', 'person', '收件登记'), line('2026-11-26T10:05', 'person', '已受理'), line('2026-11-26T10:06', 'machine', '省平台已确认')])?.title).toBe('已受理')
  })
  it('is nobody where no person acted', () => expect(faster([line('2026-11-26T10:06', 'machine', '省平台已确认')])).toBeUndefined())
})
