/** Where the clerk was in a list (清单位置): coming back, the list keeps its place and the next row becomes current. */
interface Place {
  no: string
  index: number
  scroll: number
}

const places = new Map<string, Place>()

export const leave = (list: string, p: Place) => void places.set(list, p)

export const forget = () => places.clear()

/** The row to make current among those that are there now: the same case, else the one that took its place. */
export function landing(rows: { no: string }[], p: { no: string; index: number } | undefined): string {
  if (!p) return rows[0]?.no ?? ''
  if (rows.some((r) => r.no === p.no)) return p.no
  return rows[Math.min(Math.max(p.index, 0), rows.length - 1)]?.no ?? ''
}

export const placeOf = (list: string) => places.get(list)
