import { centreDay } from '@kiosk/kit/who'

// Days of the office (日期). The centre says which day it is: its clock decides when a version takes effect, not the browser's.
const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' })

export const today = () => centreDay() || day.format(new Date())
export function plusDays(from: string, n: number): string {
  const d = new Date(from + 'T00:00:00Z')
  d.setUTCDate(d.getUTCDate() + n)
  return d.toISOString().slice(0, 10)
}
