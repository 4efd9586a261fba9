import { describe, expect, it } from 'vitest'
import { longest, within } from './shrink'

describe('the size of a picture that is kept', () => {
  it.each([
    [4032, 3024, longest, 1536],
    [3024, 4032, 1536, longest],
    [800, 600, 800, 600],
    [longest, 1, longest, 1],
    [100_000, 3, longest, 1],
  ])('%i × %i becomes %i × %i', (w, h, width, height) => {
    expect(within(w, h)).toEqual({ width, height })
  })
})
