import { CounterProblem } from '@kiosk/kit/counter'
import { expect, it } from 'vitest'
import { firstOf, holderOf, personOf } from './devices'

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
it('knows whose card it is', () => {
  const at = (type: string, idNumber: string) => personOf({ type, idNumber, name: '样例', sex: 'female', birth: '1985-03-15' })
  expect(at('resident', '510799198503150010')).toMatchObject({ id_kind: 'resident', sex: '女', birth: '1985-03-15', way: 'card' })
  expect(at('foreign-2017', 'CAN519985031507')).toMatchObject({ id_kind: 'foreigner', id_number: 'CAN519985031507', sex: '女', birth: '1985-03-15' })
  expect([at('foreign-2023', '951124198503150015'), at('hmt-residence', '810000198503150010'), at('hmt-residence', '830000198503150010')].map((p) => p.id_kind)).toEqual(['foreigner', 'hkmo', 'taiwan'])
})
it('knows a passport from a permit', () => {
  const at = (type: string) => holderOf({ type, issuer: 'UTO', number: 'L898902C3', name: 'SAMPLE PERSON TWO', sex: 'female', birth: '1974-08-12' })
  expect(at('P')).toMatchObject({ id_kind: 'passport', way: 'passport', sex: '女', id_number: 'L898902C3' })
  expect(['CR', 'CT', 'CS', 'I'].map((t) => at(t).id_kind)).toEqual(['hkmo', 'taiwan', 'other', 'other'])
})
