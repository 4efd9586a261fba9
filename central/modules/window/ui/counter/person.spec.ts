import { describe, expect, it } from 'vitest'
import { ageOn, birthOf, faults, sexOf, sound, tidy } from './person'

/** A number of the county that does not exist, with a right check digit. */
const id = (() => {
  const head = '51079919900307002'
  return [...'0123456789X'].map((c) => head + c).find(sound)!
})()

describe('证件号', () => {
  it('knows a right check digit from a wrong one', () => {
    expect(sound(id)).toBe(true)
    expect([...'0123456789X'].filter((c) => sound(id.slice(0, 17) + c))).toHaveLength(1)
    expect(sound('123')).toBe(false)
  })
  it('reads sex and birth from the number', () => expect([sexOf(id), birthOf(id), ageOn('1990-03-07', '2026-03-06'), ageOn('1990-03-07', '2026-03-07')]).toEqual(['女', '1990-03-07', 35, 36]))
  it('takes spaces and a small x', () => expect(tidy(' 5107 99x')).toBe('510799X'))
  it('says at the field what is wrong', () => {
    expect(faults({ name: '张晓岚', id_kind: 'resident', id_number: id, phone: '', way: 'card' })).toEqual({})
    expect(Object.keys(faults({ name: '', id_kind: 'resident', id_number: '5107', phone: '138', way: 'typed', reason: '坏' }))).toEqual(['name', 'id_number', 'phone', 'reason'])
  })
})
