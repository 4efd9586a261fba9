/** What opens the chip of a passport or permit, in the order in which it is asked (证件上印的三项). */
export const questions = ['number', 'birth', 'expires'] as const
export type Question = (typeof questions)[number]

/** 19900101 → 1990, 01, 01, as far as it was typed. */
export const parts = (digits: string): string[] => [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6, 8)].filter((p) => p !== '')

/** Whether eight digits are a day that there is. */
export function realDay(digits: string): boolean {
  if (!/^(19|20)[0-9]{6}$/.test(digits)) return false
  const [y, m, d] = parts(digits).map(Number) as [number, number, number]
  const day = new Date(Date.UTC(y, m - 1, d))
  return day.getUTCMonth() === m - 1 && day.getUTCDate() === d
}
