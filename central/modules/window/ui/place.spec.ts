import { describe, expect, it } from 'vitest'
import { landing } from './place'

const rows = [{ no: 'a' }, { no: 'b' }, { no: 'c' }]

describe('coming back to a list', () => {
  it('begins at the first row', () => expect(landing(rows, undefined)).toBe('a'))
  it('finds the same case again, wherever it is now', () => expect(landing(rows, { no: 'c', index: 0 })).toBe('c'))
  it('takes the row that took its place when it is gone', () => expect(landing(rows, { no: 'x', index: 1 })).toBe('b'))
  it('takes the last one when it was the last', () => expect(landing(rows, { no: 'x', index: 9 })).toBe('c'))
  it('has nothing in an empty list', () => expect(landing([], { no: 'x', index: 1 })).toBe(''))
})
