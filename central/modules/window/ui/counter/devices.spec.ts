import { CounterProblem } from '@kiosk/kit/counter'
import { expect, it } from 'vitest'
import { firstOf, holderOf } from './devices'

const later = <T>(ms: number, f: () => T) => new Promise<T>((resolve, reject) => setTimeout(() => { try { resolve(f()) } catch (e) { reject(e as Error) } }, ms))
const fails = (ms: number, code: string) => later(ms, (): string => { throw new CounterProblem(code, '', code) })

it('takes whichever document comes first', async () => {
  expect(await firstOf([later(20, () => 'card'), later(1, () => 'passport')])).toBe('passport')
})
it('goes on with one reader when the other is ill, and says what is wrong with a document at once', async () => {
  expect(await firstOf([fails(1, 'noDevice'), later(10, () => 'card')])).toBe('card')
  await expect(firstOf([fails(1, 'userError'), later(50, () => 'card')])).rejects.toThrow('userError')
  await expect(firstOf([fails(1, 'noDevice'), fails(2, 'hardwareError')])).rejects.toThrow('hardwareError')
})
it('knows a passport from a permit', () => {
  const at = (type: string) => holderOf({ type, issuer: 'UTO', number: 'L898902C3', name: 'SAMPLE PERSON TWO', sex: 'female', birth: '1974-08-12' })
  expect(at('P')).toMatchObject({ id_kind: 'passport', way: 'passport', sex: '女', id_number: 'L898902C3' })
  expect(['CR', 'CT', 'CS', 'I'].map((t) => at(t).id_kind)).toEqual(['hkmo', 'taiwan', 'other', 'other'])
})
