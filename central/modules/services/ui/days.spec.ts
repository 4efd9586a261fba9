import { expect, it } from 'vitest'
import { byDay } from './days'

const row = (day: string, operation: string, calls: number, failed: number, ms_sum: number) => ({ adapter: 'ems', day, operation, calls, failed, refused: 0, ms_sum, ms_max: 0 })

it('all operations of a day are one line, the newest first', () =>
  expect(byDay([row('2026-11-25', 'order', 2, 1, 200), row('2026-11-26', 'order', 3, 0, 300), row('2026-11-26', 'trace', 1, 1, 500)])).toEqual([
    { day: '2026-11-26', calls: 4, failed: 1, ms: 200 },
    { day: '2026-11-25', calls: 2, failed: 1, ms: 100 },
  ]))
