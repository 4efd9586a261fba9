import type { Block, Cell, Row } from '../types'

// The table grid of a paper (表格): cells that span, rows and columns that come and go. Everything here is a pure function of one table
// block; what a merged cell covers is not in the list of cells, as the server keeps it.

export const span = (n?: number) => Math.max(1, n ?? 1)
export const linesOf = (row: Row) => (row.repeat ? Math.max(1, row.lines ?? 1) : 1)
export const rowHeight = (row: Row) => row.h * linesOf(row)
export const tableHeight = (rows: Row[]) => round(rows.reduce((sum, r) => sum + rowHeight(r), 0))
/** Tenths of a millimetre are the finest a paper knows; sums of them must not drift. */
export const round = (mm: number) => Math.round(mm * 100) / 100

export const minColumn = 5
export const minRow = 5

export interface Spot {
  row: number
  col: number
}

/** A rectangle of cells, both ends included. */
export interface Range {
  r0: number
  c0: number
  r1: number
  c1: number
}

export interface Placed extends Spot {
  cell: Cell
  index: number
  rowSpan: number
  colSpan: number
  x: number
  y: number
  w: number
  h: number
}

const rowsOf = (b: Block) => b.rows ?? []
const columnsOf = (b: Block) => b.columns ?? []
const resized = (b: Block, columns: number[], rows: Row[]): Block => ({ ...b, columns, rows, w: round(columns.reduce((a, w) => a + w, 0)), h: tableHeight(rows) })

/** Every cell with its place in millimetres from the table's upper left corner. */
export function placed(b: Block): Placed[] {
  const columns = columnsOf(b)
  const left = columns.reduce<number[]>((at, w) => [...at, round(at[at.length - 1]! + w)], [0])
  const top = rowsOf(b).reduce<number[]>((at, r) => [...at, round(at[at.length - 1]! + rowHeight(r))], [0])
  return rowsOf(b).flatMap((r, row) =>
    r.cells.map((cell, index) => {
      const rowSpan = Math.min(span(cell.row_span), rowsOf(b).length - row)
      const colSpan = Math.min(span(cell.col_span), columns.length - cell.col)
      const x = left[cell.col] ?? 0
      const y = top[row]!
      return { cell, index, row, col: cell.col, rowSpan, colSpan, x, y, w: round((left[cell.col + colSpan] ?? x) - x), h: round(top[row + rowSpan]! - y) }
    }),
  )
}

/** The cell that covers a spot. */
export const cellAt = (b: Block, at: Spot): Placed | undefined =>
  placed(b).find((p) => at.row >= p.row && at.row < p.row + p.rowSpan && at.col >= p.col && at.col < p.col + p.colSpan)

/** The next cell in a direction, over what the current one spans. */
export function stepFrom(b: Block, at: Spot, dRow: number, dCol: number): Placed | undefined {
  const here = cellAt(b, at)
  if (!here) return undefined
  const row = dRow > 0 ? here.row + here.rowSpan : dRow < 0 ? here.row - 1 : at.row
  const col = dCol > 0 ? here.col + here.colSpan : dCol < 0 ? here.col - 1 : at.col
  return row < 0 || col < 0 || row >= rowsOf(b).length || col >= columnsOf(b).length ? undefined : cellAt(b, { row, col })
}

/** The rectangle between two spots, grown until no cell sticks out of it. */
export function rangeOf(b: Block, a: Spot, z: Spot = a): Range {
  let r: Range = { r0: Math.min(a.row, z.row), c0: Math.min(a.col, z.col), r1: Math.max(a.row, z.row), c1: Math.max(a.col, z.col) }
  for (;;) {
    const grown = inside(b, r).reduce(
      (g, p) => ({ r0: Math.min(g.r0, p.row), c0: Math.min(g.c0, p.col), r1: Math.max(g.r1, p.row + p.rowSpan - 1), c1: Math.max(g.c1, p.col + p.colSpan - 1) }),
      r,
    )
    if (grown.r0 === r.r0 && grown.c0 === r.c0 && grown.r1 === r.r1 && grown.c1 === r.c1) return r
    r = grown
  }
}

/** The cells that touch a rectangle, in reading order. */
export const inside = (b: Block, r: Range): Placed[] =>
  placed(b).filter((p) => p.row <= r.r1 && p.row + p.rowSpan > r.r0 && p.col <= r.c1 && p.col + p.colSpan > r.c0)

export const empty = (c: Cell) => !c.text && !c.field && !c.signer && !c.seal

const sorted = (cells: Cell[]) => [...cells].sort((a, z) => a.col - z.col)
const fresh = (col: number): Cell => ({ col })

/** A table of so many rows and columns; labels are the even columns of the usual four. */
export function newTable(id: string, page: number, x: number, y: number, columns: number[], rows: number, h: number): Block {
  return resized({ id, kind: 'table', page, x, y, w: 0, h: 0 }, columns, Array.from({ length: rows }, () => ({ h, cells: columns.map((_, c) => fresh(c)) })))
}

/** Replaces one cell. */
export function putCell(b: Block, at: Spot, change: (c: Cell) => Cell): Block {
  const here = cellAt(b, at)
  if (!here) return b
  return { ...b, rows: rowsOf(b).map((r, i) => (i === here.row ? { ...r, cells: r.cells.map((c, j) => (j === here.index ? change(c) : c)) } : r)) }
}

export const putRow = (b: Block, row: number, change: (r: Row) => Row): Block =>
  resized(b, columnsOf(b), rowsOf(b).map((r, i) => (i === row ? change(r) : r)))

/** Why these cells cannot be one; "" when they can. */
export function mergeTrouble(b: Block, r: Range): string {
  const cells = inside(b, r)
  if (cells.length < 2) return '先选两格以上：按住 Shift 按方向键，或用鼠标拖过去'
  const repeats = rowsOf(b).slice(r.r0, r.r1 + 1).filter((x) => x.repeat)
  if (repeats.length && r.r1 > r.r0) return '重复行不能和别的行合并'
  if (cells.filter((p) => p.cell.field).length > 1) return '两个填写项不能放进一格，先拿走一个'
  return ''
}

/** Makes one cell of a rectangle (合并格): texts are joined, the one entry, signature or seal stays. */
export function merge(b: Block, r: Range): Block {
  const cells = inside(b, r).map((p) => p.cell)
  const text = cells.map((c) => c.text).filter(Boolean).join('')
  const one: Cell = { ...Object.assign({}, ...[...cells].reverse()), col: r.c0 }
  if (text) one.text = text
  if (cells.some((c) => !c.head)) {
    delete one.head
    delete one.align
  }
  delete one.col_span
  delete one.row_span
  if (r.c1 > r.c0) one.col_span = r.c1 - r.c0 + 1
  if (r.r1 > r.r0) one.row_span = r.r1 - r.r0 + 1
  const gone = new Set(cells)
  return { ...b, rows: rowsOf(b).map((row, i) => ({ ...row, cells: sorted([...row.cells.filter((c) => !gone.has(c)), ...(i === r.r0 ? [one] : [])]) })) }
}

/** Takes a merged cell apart (拆分格); what it held stays in its first. */
export function split(b: Block, at: Spot): Block {
  const here = cellAt(b, at)
  if (!here || (here.rowSpan === 1 && here.colSpan === 1)) return b
  const { col_span: _c, row_span: _r, ...first } = here.cell
  return {
    ...b,
    rows: rowsOf(b).map((row, i) => {
      if (i < here.row || i >= here.row + here.rowSpan) return row
      const cells = Array.from({ length: here.colSpan }, (_, k) => (i === here.row && k === 0 ? first : fresh(here.col + k)))
      return { ...row, cells: sorted([...row.cells.filter((c) => c !== here.cell), ...cells]) }
    }),
  }
}

/** A new row before row `at`; cells that span over the place grow. The new row looks like the one it stands beside. */
export function insertRow(b: Block, at: number, like = Math.max(0, at - 1)): Block {
  const over = placed(b).filter((p) => p.row < at && p.row + p.rowSpan > at)
  const covered = new Set(over.flatMap((p) => Array.from({ length: p.colSpan }, (_, k) => p.col + k)))
  const grow = new Set(over.map((p) => p.cell))
  // the shape of the neighbour: labels shaded, the same columns together
  const shape = (rowsOf(b)[like]?.cells ?? []).filter((c) => span(c.row_span) === 1 && ![...Array(span(c.col_span)).keys()].some((k) => covered.has(c.col + k)))
  const cells: Cell[] = shape.map((c) => ({ col: c.col, ...(span(c.col_span) > 1 ? { col_span: c.col_span } : {}), ...(c.head ? { head: true, align: c.align } : {}) }))
  const taken = new Set([...covered, ...cells.flatMap((c) => Array.from({ length: span(c.col_span) }, (_, k) => c.col + k))])
  columnsOf(b).forEach((_, c) => taken.has(c) || cells.push(fresh(c)))
  const rows = rowsOf(b).map((r) => ({ ...r, cells: r.cells.map((c) => (grow.has(c) ? { ...c, row_span: span(c.row_span) + 1 } : c)) }))
  rows.splice(at, 0, { h: rowsOf(b)[like]?.h ?? 10, cells: sorted(cells) })
  return resized(b, columnsOf(b), rows)
}

/** Takes a row away; a cell that begins in it and goes on below begins in the next one. */
export function deleteRow(b: Block, row: number): Block {
  const below: Cell[] = []
  const rows = rowsOf(b).map((r, i) => ({
    ...r,
    cells: r.cells.flatMap((c): Cell[] => {
      const n = span(c.row_span)
      if (i === row && n > 1) below.push(shrink(c, 'row_span'))
      if (i === row) return []
      return i < row && i + n > row ? [shrink(c, 'row_span')] : [c]
    }),
  }))
  const next = rows[row + 1]
  if (next) next.cells = sorted([...next.cells, ...below])
  rows.splice(row, 1)
  return resized(b, columnsOf(b), rows)
}

/** A new column before column `at`, taking half of its neighbour's width, so that the table stays as wide as it was. */
export function insertColumn(b: Block, at: number, beside = Math.min(at, columnsOf(b).length - 1)): Block {
  const columns = [...columnsOf(b)]
  const half = round(Math.max(minColumn, columns[beside]! / 2))
  columns[beside] = round(Math.max(minColumn, columns[beside]! - half))
  columns.splice(at, 0, half)
  const wide = placed(b).filter((p) => p.col < at && p.col + p.colSpan > at)
  const grow = new Set(wide.map((p) => p.cell))
  const rows = rowsOf(b).map((r, i) => {
    const covered = wide.some((p) => i >= p.row && i < p.row + p.rowSpan)
    const cells = r.cells.map((c) => (grow.has(c) ? { ...c, col_span: span(c.col_span) + 1 } : c.col >= at ? { ...c, col: c.col + 1 } : c))
    return { ...r, cells: sorted(covered ? cells : [...cells, fresh(at)]) }
  })
  return resized(b, columns, rows)
}

/** Takes a column away and gives its width to a neighbour. */
export function deleteColumn(b: Block, col: number): Block {
  const columns = [...columnsOf(b)]
  const [w] = columns.splice(col, 1)
  const heir = Math.min(col, columns.length - 1)
  columns[heir] = round(columns[heir]! + w!)
  const rows = rowsOf(b).map((r) => ({
    ...r,
    cells: r.cells.flatMap((c): Cell[] => {
      const n = span(c.col_span)
      if (c.col > col) return [{ ...c, col: c.col - 1 }]
      if (c.col + n <= col) return [c]
      return n > 1 ? [shrink(c, 'col_span')] : []
    }),
  }))
  return resized(b, columns, rows)
}

function shrink(c: Cell, what: 'row_span' | 'col_span'): Cell {
  const n = span(c[what]) - 1
  const { [what]: _, ...rest } = c
  return n > 1 ? { ...rest, [what]: n } : rest
}

/** Moves the line right of a column; inside the table the neighbour gives way, at its edge the table grows. */
export function moveColumnLine(b: Block, col: number, by: number, room = Infinity): Block {
  const columns = [...columnsOf(b)]
  const here = columns[col]
  if (here === undefined) return b
  const next = columns[col + 1]
  const d = Math.min(Math.max(by, minColumn - here), next === undefined ? room : next - minColumn)
  columns[col] = round(here + d)
  if (next !== undefined) columns[col + 1] = round(next - d)
  return resized(b, columns, rowsOf(b))
}

/** Moves the line below a row; everything below follows. */
export const moveRowLine = (b: Block, row: number, by: number): Block => putRow(b, row, (r) => ({ ...r, h: round(Math.max(minRow, r.h + by / linesOf(r))) }))

export const columnCount = (b: Block) => columnsOf(b).length
export const rowCount = (b: Block) => rowsOf(b).length
export const repeatOf = (b: Block, row: number) => rowsOf(b)[row]?.repeat
