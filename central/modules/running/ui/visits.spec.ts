import { describe, expect, it } from 'vitest'
import type { Certificate } from './certificates'
import { grouped, kindWord, outcome, reachable, visitsAnswer, type Visit } from './visits'

const visit = (over: Partial<Visit>) => ({ terminal: 'K-01', at: '2026-11-27T10:00:00+08:00', faults: 0, worst: '正常', ...over }) as Visit

describe('visits', () => {
  it('says what the last one ended with', () => {
    expect(visitsAnswer([])).toBe('还没有现场维护过')
    expect(visitsAnswer([visit({ faults: 2, worst: '缺纸' })])).toContain('K-01 2 处故障，最要紧：缺纸')
    expect(outcome(visit({}))).toBe('没有故障')
  })
  it('makes codes only for terminals that are let in, each once', () => {
    const c = (terminal: string, state: string) => ({ terminal, state, place: '大厅' }) as Certificate
    expect(reachable([c('K-02', 'valid'), c('K-01', 'replaced'), c('K-01', 'renewing'), c('K-01', 'valid'), c('K-03', 'revoked')]).map((t) => t.code)).toEqual(['K-01', 'K-02'])
  })
  it('writes a code in four groups, however it was typed', () => {
    expect(grouped('abcde 12345 fghij 67890')).toBe('ABCDE-12345-FGHIJ-67890')
    expect(grouped('ABCDE—12345')).toBe('ABCDE-12345')
  })
  it('has words for devices', () => {
    expect(kindWord('receipt')).toBe('小票打印机')
    expect(kindWord('')).toBe('整机')
  })
})
