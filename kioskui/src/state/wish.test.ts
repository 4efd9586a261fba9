import { describe, expect, it } from 'vitest'
import { useWishes } from './wish'

function slow() {
  const sent: string[] = []
  const answers: (() => void)[] = []
  const wishes = useWishes<number>((key, to) => {
    sent.push(`${key}=${to}`)
    return new Promise<void>((resolve) => answers.push(resolve))
  })
  const answer = async () => {
    answers.shift()!()
    await new Promise((resolve) => setTimeout(resolve))
  }
  return { sent, answer, ...wishes }
}

describe('values that go by steps', () => {
  it('shows what is wished at once, and sends the last of what came meanwhile', async () => {
    const s = slow()
    void s.wish('a', 10)
    void s.wish('a', 20)
    void s.wish('a', 30)
    expect(s.of('a')).toBe(30)
    await s.answer()
    expect(s.waiting.value).toBe(true)
    await s.answer()
    expect(s.sent).toEqual(['a=10', 'a=30'])
    expect(s.of('a')).toBeUndefined()
    expect(s.waiting.value).toBe(false)
  })
  it('sends one at a time, each value in its turn', async () => {
    const s = slow()
    void s.wish('a', 1)
    void s.wish('b', 2)
    expect(s.sent).toEqual(['a=1'])
    await s.answer()
    expect(s.sent).toEqual(['a=1', 'b=2'])
    await s.answer()
    void s.wish('a', 3)
    expect(s.sent).toEqual(['a=1', 'b=2', 'a=3'])
  })
  it('forgets everything when sending breaks, and goes on with the next', async () => {
    const w = useWishes<number>(() => Promise.reject(new Error('broken')))
    await expect(w.wish('a', 1)).rejects.toThrow('broken')
    expect(w.of('a')).toBeUndefined()
    await expect(w.wish('a', 2)).rejects.toThrow('broken')
  })
})
