import { sentenceDay, tableDay } from '@kiosk/kit/dates'
import type { Board, Column, Row } from './types'

// How the editors' page speaks of entries and columns (说法).

export const kinds = { news: '政务资讯', service: '便民服务' }

/** How far an entry is: the word, its colour, its shape. */
export interface Standing {
  word: string
  tone: 'good' | 'warn' | 'off' | ''
  mark: 'good' | 'warn' | 'none'
}

const off = (word: string): Standing => ({ word, tone: 'off', mark: 'none' })

/** Of an entry in its column; what stands in a column that is off is on no terminal. */
export function standing(r: Row, column: Column | undefined, today: string): Standing {
  if (r.state === 'draft') return { word: '草稿', tone: '', mark: 'none' }
  if (r.state === 'withdrawn') return off('已撤下')
  if (r.state === 'ended') return off(`${tableDay(r.until)} 到期`)
  if (column && !column.on) return off('栏目停用')
  if (r.until === today) return { word: '今天到期', tone: 'warn', mark: 'warn' }
  return { word: '在终端上', tone: 'good', mark: 'good' }
}

/** The sentence over the page: how much the terminals show, and what goes today. */
export function answer(b: Board): string {
  const shown = b.columns.reduce((n, c) => n + c.shown, 0)
  const last = b.rows.filter((r) => r.state === 'shown' && r.until === b.today && b.columns.some((c) => c.code === r.column && c.on)).length
  if (!shown) return '终端上现在没有资讯'
  return `终端上有 ${shown} 条${last ? `，${last} 条今天到期` : ''}`
}

/** Until when an entry is shown, for the table; another year than this one is said. */
export const until = (r: Row, today: string) => (!r.until ? '一直' : `到 ${r.until.slice(0, 4) === today.slice(0, 4) ? tableDay(r.until) : r.until}`)

/** What publishing does, before it is done. */
export const publishing = (r: { until: string }, today: string) => ['终端一分钟内看得到，不用重启；断网的终端连上以后看得到。', r.until ? `${r.until.slice(0, 4) === today.slice(0, 4) ? '' : `${r.until.slice(0, 4)}年`}${sentenceDay(r.until)}过完，终端自己撤下，断网也撤。` : '没有写“显示到”，一直显示到撤下。', '谁发布的、什么时候，记在审计里。']

/** Codes with one of them moved by a step; the same list when it cannot go further. */
export function moved(codes: string[], code: string, step: -1 | 1): string[] {
  const i = codes.indexOf(code)
  const j = i + step
  if (i < 0 || j < 0 || j >= codes.length) return codes
  const out = [...codes]
  ;[out[i], out[j]] = [out[j]!, out[i]!]
  return out
}
