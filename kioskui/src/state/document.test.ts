import { describe, expect, it } from 'vitest'
import { parts, realDay } from './document'

describe('what is printed on a document', () => {
  it.each([
    ['19900101', true], ['20000229', true], ['20280229', true],
    ['19000229', false], ['20270229', false], ['19901301', false], ['19900100', false], ['18991231', false], ['1990010', false], ['', false],
  ])('%s is a day: %s', (digits, day) => expect(realDay(digits)).toBe(day))

  it('is shown as far as it was typed', () => {
    expect(parts('199001').join('-')).toBe('1990-01')
    expect(parts('').join('-')).toBe('')
  })
})
