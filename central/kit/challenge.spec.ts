import { describe, expect, it } from 'vitest'
import { asked, sha256Head, solve } from './challenge'

const head = async (text: string) => new DataView(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).getUint32(0)

describe('the hash', () => {
  it.each(['', 'abc', 'a'.repeat(54), 'a'.repeat(55), 'a'.repeat(56)])('of %j is SHA-256', async (text) => expect(sha256Head(text)).toBe(await head(text)))
})

describe('solving', () => {
  it('finds numbers that the centre accepts', async () => {
    for (const length of [10, 52, 60, 63, 64, 82, 127]) {
      const token = 'T'.repeat(length)
      const [back, numbers] = (await solve({ token, rounds: 4, bits: 9, expires: '' })).split('~')
      expect(back).toBe(token)
      const ns = numbers!.split(',')
      expect(ns).toHaveLength(4)
      for (const [i, n] of ns.entries()) expect((await head(`${token}:${i}:${n}`)) >>> 23).toBe(0)
    }
  })

  it('answers at once where nothing is asked', async () => expect(await solve({ token: 't', rounds: 2, bits: 0, expires: '' })).toBe('t~0,0'))

  it('can be given up', async () => {
    await expect(solve({ token: 't', rounds: 8, bits: 31, expires: '' }, AbortSignal.abort())).rejects.toThrow()
  })
})

it('knows when to try again', () => {
  expect(asked('challenge.required')).toBe(true)
  expect(asked('auth.denied')).toBe(false)
})
