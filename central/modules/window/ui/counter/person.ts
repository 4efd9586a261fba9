import type { Person } from './hall'

// What a resident's number says by itself (证件号): sex and day of birth, so that nobody types them.

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const last = '10X98765432'

/** Whether the check digit of an 18-digit number is right. */
export function sound(id: string): boolean {
  if (!/^\d{17}[\dX]$/.test(id)) return false
  const sum = weights.reduce((n, w, i) => n + w * Number(id[i]), 0)
  return last[sum % 11] === id[17]
}

export const tidy = (id: string) => id.replace(/\s/g, '').toUpperCase()

export const sexOf = (id: string) => (id.length === 18 ? (Number(id[16]) % 2 ? '男' : '女') : '')

export const birthOf = (id: string) => (id.length === 18 ? `${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}` : '')

/** Age on a day, whole years. */
export function ageOn(birth: string, day: string): number {
  const [y, m, d] = birth.split('-').map(Number)
  const [a, b, c] = day.split('-').map(Number)
  if (!y || !a) return 0
  return a - y - (b! < m! || (b === m && c! < d!) ? 1 : 0)
}

/** What is wrong with what was typed, "" when nothing: said at the field. */
export function faults(p: Partial<Person> & { reason?: string }): Record<string, string> {
  const out: Record<string, string> = {}
  if (!p.name?.trim()) out.name = '照证件填写姓名'
  const id = tidy(p.id_number ?? '')
  if (p.id_kind === 'resident' && !sound(id)) out.id_number = id.length === 18 ? '号码对不上校验码，请对照证件再看一遍' : `身份证号 18 位，现在 ${id.length} 位`
  if (p.id_kind !== 'resident' && id.length < 5) out.id_number = '照证件填写号码'
  if (p.phone?.trim() && !/^1\d{10}$/.test(p.phone.trim())) out.phone = '手机号 11 位，没有就空着'
  if (p.way === 'typed' && [...(p.reason ?? '').trim()].length < 4) out.reason = '写明为什么没有读证，至少 4 个字，会留痕'
  return out
}
