import { describe, expect, it } from 'vitest'
import { byNeed, cardWord, deviceTone, measured, networkWord, over, remoteAnswer, remoteState, tasks, type RemoteDetail } from './remote'

const remote = (over: Partial<RemoteDetail>) => ({ terminal: 'K-01', task: 'internal', state: 'done', why: '', faults: 0, now: '', devices: [], machine: [], network: [], ...over }) as RemoteDetail

describe('remote diagnosis', () => {
  it('says what is known and what to do where nothing is', () => {
    expect(remoteAnswer()).toBe('还没有查过')
    expect(remoteAnswer(remote({ state: 'running', now: 'receipt' }))).toContain('正在查小票打印机')
    expect(remoteAnswer(remote({ faults: 2 }))).toBe('K-01 有 2 个设备有毛病')
    expect(remoteAnswer(remote({ state: 'silent' }))).toContain('没有应答')
    expect(remoteAnswer(remote({ state: 'busy', why: 'citizen' }))).toContain('有市民在办事，没有打扰他')
    expect(remoteAnswer(remote({ state: 'stopped', why: 'citizen' }))).toContain('来了市民')
  })
  it('has a word for every state, and none of them is a code', () => {
    for (const state of ['asked', 'running', 'done', 'busy', 'stopped', 'late', 'silent'] as const) {
      expect(remoteState({ state, why: 'citizen', faults: 0 }).word).not.toContain(state)
      expect(over(state)).toBe(!['asked', 'running'].includes(state))
    }
  })
  it('lists what is ill first and what nobody connected last', () => {
    expect(byNeed([{ trouble: 'noPort' }, { trouble: 'none' }, { trouble: 'paperLow' }, { trouble: 'silent' }]).map((d) => d.trouble)).toEqual(['silent', 'paperLow', 'none', 'noPort'])
    expect(deviceTone({ trouble: 'noDriver' })).toBe('none')
  })
  it('tells numbers with their unit and the bound', () => {
    expect(measured({ timings: [{ property: 'answer', got: 12, unit: 'ms', ok: true }, { property: 'speed', got: 120.26, want: '≥ 100 mm/s', unit: 'mm/s', ok: true }] })).toBe('应答 12 ms；速度 120.3 mm/s（招标 ≥ 100 mm/s）')
    expect(measured({})).toBe('')
  })
  it('says when one of two network cards is gone', () => {
    const up = { name: 'eth0', up: true, speed: 1000, route: true }
    const down = { name: 'eth1', up: false }
    expect(networkWord([up, { ...up, name: 'eth1' }])).toBe('2 块网卡都通')
    expect(networkWord([up, down])).toContain('通 1 块')
    expect(networkWord([])).toBe('没有看到有线网卡')
    expect(cardWord(up).word).toBe('通 1000 兆，现在走这块')
    expect(cardWord(down).tone).toBe('bad')
  })
  it('warns before what can be heard and seen over there', () => {
    expect(tasks.find((t) => t.id === 'external')!.note).toContain('会打一条纸')
  })
})
