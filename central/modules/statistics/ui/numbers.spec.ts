import { describe, expect, it } from 'vitest'
import { change, draw, goal, months, said } from './numbers'

describe('numbers as they are said', () => {
  it('has a unit, and a dash for nothing', () => {
    expect(said(38.94, 'percent')).toBe('38.9%')
    expect(said(1862, 'count')).toBe('1,862 件')
    expect(said(undefined, 'days')).toBe('—')
  })
  it('says a change by shape, size and meaning', () => {
    expect(change(-2.04, 'percent', 'better')).toBe('▼ 2.0 点，变好')
    expect(change(1200, 'count', '')).toBe('▲ 1,200 件')
    expect(change(0.01, 'days', '')).toBe('持平')
    expect(change(undefined, 'days', '')).toBe('')
  })
  it('says which side of the target is good', () => {
    expect(goal(45, 'low', 'percent')).toBe('目标 ≤ 45%')
    expect(goal(undefined, 'low', 'percent')).toBe('')
  })
  it('goes back over a year edge', () => expect(months(new Date(2026, 1, 3), 3)).toEqual(['2026-02', '2026-01', '2025-12']))
})

describe('a series drawn', () => {
  it('leaves a gap where nothing happened, and shows the target in the picture', () => {
    const d = draw([{ month: 'a', value: 60 }, { month: 'b' }, { month: 'c', value: 40 }, { month: 'd', value: 39 }], 'percent', 45, 300, 100)!
    expect(d.path.match(/M/g)).toHaveLength(2)
    expect(d.points.map((p) => p.month)).toEqual(['a', 'c', 'd'])
    expect(d.goal!).toBeGreaterThan(d.points[0]!.y)
    expect(d.goal!).toBeLessThan(d.points[1]!.y)
    for (const p of d.points) {
      expect(p.y).toBeGreaterThanOrEqual(0)
      expect(p.y).toBeLessThanOrEqual(100)
    }
  })
  it('begins counts at zero', () => expect(draw([{ month: 'a', value: 90 }, { month: 'b', value: 100 }], 'count', undefined, 10, 100)!.ticks[0]!.word).toBe('0'))
  it('draws nothing of nothing', () => expect(draw([{ month: 'a' }], 'count', undefined, 10, 10)).toBeUndefined())
})
