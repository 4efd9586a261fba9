import type { Block, Cell, Design, Element, Kind, Widget } from '../types'
import { addColumn, addField, fieldOf, firstField, firstRule, flat, freshName, removeField, specOf, widgetWords } from './fields'
import * as t from './table'

// The whole form as its designer changes it (设计稿): every act is a pure function from one design and one selection to the next, so that
// undo is a list and a key, a button and the mouse do the same.

/** What is selected: a block, or cells of a table from one spot to another. */
export interface Selection {
  block: string
  at?: t.Spot
  to?: t.Spot
}

/** An act's outcome; trouble says why nothing was done. */
export interface Outcome {
  design: Design
  at: Selection | undefined
  /** What was done, for the state line, for undo and for those who listen. */
  words: string
  trouble?: string
}

export const pageSize = (d: Design) => (d.paper.landscape ? { w: 297, h: 210 } : { w: 210, h: 297 })
export const contentWidth = (d: Design) => t.round(pageSize(d).w - d.paper.margin.left - d.paper.margin.right)
export const blockOf = (d: Design, id?: string) => d.paper.blocks.find((b) => b.id === id)
export const tableOf = (d: Design, s?: Selection) => (s?.at ? blockOf(d, s.block) : undefined)
export const rangeAt = (d: Design, s?: Selection) => {
  const b = tableOf(d, s)
  return b && s?.at ? t.rangeOf(b, s.at, s.to) : undefined
}
export const cellOf = (d: Design, s?: Selection) => {
  const b = tableOf(d, s)
  return b && s?.at ? t.cellAt(b, s.at) : undefined
}

/** Path of the entry that is selected: a field block, a field cell, or the column of a repeating row. */
export function fieldAt(d: Design, s?: Selection): string | undefined {
  const b = blockOf(d, s?.block)
  if (!b) return undefined
  if (!s?.at) return b.field
  const here = t.cellAt(b, s.at)
  if (!here?.cell.field) return b.rows?.[here?.row ?? -1]?.repeat
  const repeat = b.rows?.[here.row]?.repeat
  return repeat ? `${repeat}/${here.cell.field}` : here.cell.field
}

/** Where an entry stands on the paper. */
export function placeOf(d: Design, path: string): Selection | undefined {
  const [name, column] = path.split('/')
  for (const b of d.paper.blocks) {
    if (b.field === path) return { block: b.id }
    for (const p of b.rows ? t.placed(b) : []) {
      const repeat = b.rows![p.row]!.repeat
      if (repeat ? repeat === name && (!column || p.cell.field === column) : p.cell.field === path) return { block: b.id, at: { row: p.row, col: p.col } }
    }
  }
  return undefined
}

export const putBlock = (d: Design, id: string, change: (b: Block) => Block): Design => ({ ...d, paper: { ...d.paper, blocks: d.paper.blocks.map((b) => (b.id === id ? change(b) : b)) } })

/** A table that changes its height takes along what stands below it on the page. */
export function putTable(d: Design, id: string, change: (b: Block) => Block): Design {
  const before = blockOf(d, id)
  if (!before) return d
  const after = change(before)
  const grown = t.round(after.h - before.h)
  const foot = before.y + before.h
  return { ...d, paper: { ...d.paper, blocks: d.paper.blocks.map((b) => (b.id === id ? after : grown && b.page === before.page && b.kind !== 'footer' && b.y >= foot - 0.01 ? { ...b, y: t.round(b.y + grown) } : b)) } }
}

const order: Record<Kind, number> = { header: 0, footer: 2, title: 1, text: 1, field: 1, table: 1, signature: 1, seal: 1, qr: 1, line: 1 }

/** Blocks as they are read: page, then down, then across. */
export const inOrder = (d: Design): Block[] => [...d.paper.blocks].sort((a, b) => a.page - b.page || order[a.kind] - order[b.kind] || a.y - b.y || a.x - b.x)

export const entrySelection = (b: Block): Selection => (b.rows?.length ? { block: b.id, at: { row: 0, col: 0 } } : { block: b.id })

/** Where an arrow leads: the next cell, at a table's edge the next thing on the page. */
export function move(d: Design, s: Selection | undefined, dRow: number, dCol: number): Selection | undefined {
  const blocks = inOrder(d)
  const b = blockOf(d, s?.block)
  if (!s || !b) return blocks[0] && entrySelection(blocks[0])
  if (s.at) {
    const next = t.stepFrom(b, s.at, dRow, dCol)
    if (next) return { block: b.id, at: dRow ? { row: next.row, col: Math.max(next.col, Math.min(s.at.col, next.col + next.colSpan - 1)) } : { row: Math.max(next.row, Math.min(s.at.row, next.row + next.rowSpan - 1)), col: next.col } }
    if (dCol) return s // a row's end is no way out of the table
  }
  const at = blocks.indexOf(b) + (dRow + dCol > 0 ? 1 : -1)
  const other = blocks[at]
  if (!other) return s
  return other.rows?.length ? { block: other.id, at: { row: dRow + dCol > 0 ? 0 : other.rows.length - 1, col: 0 } } : { block: other.id }
}

/** Grows or shrinks the chosen rectangle. */
export function extend(d: Design, s: Selection | undefined, dRow: number, dCol: number): Selection | undefined {
  const b = tableOf(d, s)
  if (!b || !s?.at) return s
  const end = s.to ?? s.at
  const to = { row: Math.min(Math.max(end.row + dRow, 0), t.rowCount(b) - 1), col: Math.min(Math.max(end.col + dCol, 0), t.columnCount(b) - 1) }
  return { ...s, to }
}

const freshId = (d: Design, kind: string) => {
  for (let i = 1; ; i++) if (!d.paper.blocks.some((b) => b.id === `${kind}${i}`)) return `${kind}${i}`
}

/** The first free height on a page, below what is selected or below everything. */
function roomBelow(d: Design, h: number, s?: Selection): { page: number; y: number; pages: number } {
  const { margin, pages } = d.paper
  const bottom = pageSize(d).h - margin.bottom
  const page = blockOf(d, s?.block)?.page ?? pages
  const body = d.paper.blocks.filter((b) => b.page === page && b.kind !== 'footer' && b.kind !== 'header')
  const y = body.reduce((low, b) => Math.max(low, b.y + b.h), margin.top)
  const gap = body.length ? 3 : 0
  if (y + gap + h <= bottom + 0.01) return { page, y: t.round(y + gap), pages }
  return page < pages ? roomBelow(d, h, { block: d.paper.blocks.find((b) => b.page === page + 1)?.id ?? '' }) : { page: pages + 1, y: margin.top, pages: pages + 1 }
}

export interface Spot {
  page: number
  x: number
  y: number
}

const blockWords: Record<Kind, string> = { title: '标题', text: '说明文字', field: '填写项', table: '表格', signature: '手写签名', seal: '印章位', qr: '二维码', header: '页眉', footer: '页脚', line: '横线' }
export const kindWords = (k: Kind) => blockWords[k]

const put = (d: Design, b: Block, pages = d.paper.pages): Design => ({ ...d, paper: { ...d.paper, pages: Math.max(pages, b.page), blocks: [...d.paper.blocks, b] } })
const within = (v: number, low: number, high: number) => t.round(Math.min(Math.max(v, low), Math.max(low, high)))

/** A new block, where it is dropped or where there is room (放到纸上). */
export function addBlock(d: Design, kind: Kind, s?: Selection, spot?: Spot): Outcome {
  const cw = contentWidth(d)
  const { margin } = d.paper
  const page = pageSize(d)
  const single = kind === 'header' || kind === 'footer' ? d.paper.blocks.find((b) => b.kind === kind) : undefined
  if (single) return { design: d, at: { block: single.id }, words: '', trouble: `已经有${blockWords[kind]}了，改它的文字就行` }
  const id = freshId(d, kind)
  const size: Record<Kind, [number, number]> = { title: [cw, 12], text: [cw, 8], field: [46, 8], table: [cw, 40], signature: [52, 13], seal: [42, 42], qr: [18, 18], header: [cw, 6], footer: [cw, 6], line: [cw, 1] }
  const [w, h] = size[kind]
  const at = spot ?? roomBelow(d, h, s)
  let b: Block = { id, kind, page: at.page, x: 'x' in at ? within(at.x, 0, page.w - w) : margin.left, y: within(at.y, 0, page.h - h), w, h }
  if (kind === 'header') b = { ...b, page: 1, w: t.round(cw - 22), x: margin.left, y: 10, text: d.title, size: 9 }
  if (kind === 'footer') b = { ...b, page: 1, x: margin.left, y: t.round(page.h - 15), text: '', size: 9, align: 'center' }
  if (kind === 'title' && !spot && b.page === 1) b = { ...b, y: Math.max(b.y, 28) } // the QR code stands above it
  if (kind === 'title') b = { ...b, text: d.title, size: 20, bold: true, align: 'center' }
  if (kind === 'text') b = { ...b, text: '本人对所填内容的真实性负责。' }
  if (kind === 'signature') b = { ...b, signer: 'applicant', x: spot ? b.x : t.round(margin.left + cw - w) }
  if (kind === 'seal') b = { ...b, x: spot ? b.x : t.round(margin.left + cw - w) }
  if (kind === 'qr' && !spot) b = { ...b, page: 1, x: t.round(margin.left + cw - w), y: 8 }
  if (kind === 'table') {
    const narrow = t.round(cw * 0.2)
    b = t.newTable(id, b.page, spot ? within(at.y && margin.left, 0, page.w - cw) : margin.left, b.y, [narrow, t.round(cw / 2 - narrow), narrow, t.round(cw - narrow * 2 - t.round(cw / 2 - narrow))], 4, 10)
    b = { ...b, rows: b.rows!.map((r) => ({ ...r, cells: r.cells.map((c) => (c.col % 2 === 0 ? { ...c, head: true, align: 'center' } : c)) })) }
  }
  return { design: put(d, b, 'pages' in at ? at.pages : undefined), at: entrySelection(b), words: `放了${blockWords[kind]}` }
}

/** One more sheet. */
export function addPage(d: Design): Outcome {
  return { design: { ...d, paper: { ...d.paper, pages: d.paper.pages + 1 } }, at: undefined, words: `加了第 ${d.paper.pages + 1} 页` }
}

/** Takes the last sheet away when nothing is on it. */
export function dropPage(d: Design): Outcome {
  const last = d.paper.pages
  if (last < 2 || d.paper.blocks.some((b) => b.page === last)) return { design: d, at: undefined, words: '', trouble: last < 2 ? '至少要有一页' : `第 ${last} 页上还有东西` }
  return { design: { ...d, paper: { ...d.paper, pages: last - 1 } }, at: undefined, words: `去掉了第 ${last} 页` }
}

/** A sheet to begin anew on: nothing is asked, nothing is drawn. */
export const emptied = (d: Design): Design => ({ ...d, schema: { ...d.schema, properties: {}, required: [] }, screens: [], paper: { ...d.paper, pages: 1, blocks: [] } })

/** The selection after an entry was put: the next free cell to the right, else in the rows below. */
function nextFree(b: Block, from: t.Placed): t.Spot {
  const all = t.placed(b)
  const free = all.slice(all.findIndex((p) => p.cell === from.cell) + 1).find((p) => t.empty(p.cell))
  return free ? { row: free.row, col: free.col } : { row: from.row, col: from.col }
}

/** Which cells an entry takes: a label and the cell beside it when both are free, else the chosen one. */
function targets(b: Block, at: t.Spot): { label?: t.Placed; field: t.Placed } | undefined {
  const here = t.cellAt(b, at)
  if (!here) return undefined
  if (b.rows![here.row]!.repeat) {
    const above = t.cellAt(b, { row: here.row - 1, col: here.col })
    return { field: here, label: above && t.empty(above.cell) && above.colSpan === here.colSpan && above.row === here.row - 1 ? above : undefined }
  }
  const beside = (col: number) => {
    const p = t.cellAt(b, { row: here.row, col })
    return p && p.row === here.row && p.rowSpan === here.rowSpan ? p : undefined
  }
  const left = beside(here.col - 1)
  const right = beside(here.col + here.colSpan)
  if (here.cell.text && !here.cell.field && right && t.empty(right.cell)) return { field: right } // a label that was written before
  if (!t.empty(here.cell) || (!here.cell.head && left?.cell.text && !left.cell.field)) return { field: here }
  if (!here.cell.head && left?.cell.head && t.empty(left.cell)) return { label: left, field: here }
  if (right && t.empty(right.cell)) return { label: here, field: right }
  return { field: here }
}

interface Entry {
  label: string
  widget: Widget
  element?: Element
}

/** Puts an entry on the paper, on the screens and into the schema at once (插入填写项). */
export function addEntry(d: Design, e: Entry, s?: Selection, spot?: Spot): Outcome {
  const b = tableOf(d, s)
  const words = `放了填写项“${e.label}”`
  if (e.widget === 'rows') return addRows(d, e, s)
  if (!b || !s?.at) {
    const { name, design } = register(d, e, undefined)
    const made = addBlock(design, 'field', s, spot)
    return { design: putBlock(made.design, made.at!.block, (x) => ({ ...x, field: name, text: `${e.label}：` })), at: made.at, words }
  }
  const goal = targets(b, s.at)
  if (!goal || goal.field.cell.field) return { design: d, at: s, words: '', trouble: '这一格已经有填写项，先选一个空格' }
  if (goal.field.cell.signer || goal.field.cell.seal) return { design: d, at: s, words: '', trouble: '这一格是签名或盖章的，选别的格' }
  const repeat = b.rows![goal.field.row]!.repeat
  if (repeat && e.widget !== 'readonly' && !flat.includes(e.widget)) return { design: d, at: s, words: '', trouble: `重复行里放不了${widgetWords[e.widget]}，放文字、数字、日期、单选或手机` }
  const label = !repeat && !goal.label ? labelBeside(b, goal.field) : ''
  const { name, design } = register(d, { ...e, label: e.element ? e.label : label || e.label }, repeat, lastBefore(d, s))
  let out = putTable(design, b.id, (x) => t.putCell(x, goal.field, ({ head: _, align: _a, ...c }) => ({ ...c, field: name, ...(e.widget !== 'rows' && repeat ? { align: 'center' as const } : {}) })))
  if (goal.label) out = putTable(out, b.id, (x) => t.putCell(x, goal.label!, (c) => ({ ...c, text: e.label, head: true, align: 'center' })))
  const after = blockOf(out, b.id)!
  return { design: out, at: { block: b.id, at: nextFree(after, t.cellAt(after, goal.field)!) }, words }
}

/** The label cell left of an entry, when it has words of its own. */
const labelBeside = (b: Block, p: t.Placed) => {
  const left = t.cellAt(b, { row: p.row, col: p.col - 1 })
  return left && !left.cell.field && left.cell.text ? left.cell.text.replace(/[：:\s]+$/, '') : ''
}

/** The entry before the selection in reading order: a new one is asked right after it. */
function lastBefore(d: Design, s: Selection): string | undefined {
  const b = tableOf(d, s)
  if (!b || !s.at) return undefined
  const before = t.placed(b).filter((p) => p.row < s.at!.row || (p.row === s.at!.row && p.col < s.at!.col))
  for (const p of before.reverse()) {
    const name = b.rows![p.row]!.repeat ?? p.cell.field
    if (name) return name
  }
  return undefined
}

function register(d: Design, e: Entry, rows: string | undefined, after?: string): { design: Design; name: string } {
  const taken = rows ? (specOf(d, rows)?.field.columns ?? []).map((c) => c.name) : undefined
  const name = freshName(d, e.element?.id ?? e.widget, taken)
  const { field, rule } = e.element ? fieldOf(e.element, name, !!rows) : { field: firstField(name, e.label, e.widget), rule: firstRule(e.widget) }
  return { name, design: rows ? addColumn(d, rows, field, rule, true) : addField(d, field, rule, true, after) }
}

/** Makes the selected row repeat (重复行): one entry of several columns, so many lines on the paper, more on a continuation sheet. */
export function addRows(d: Design, e: Entry, s?: Selection): Outcome {
  const b = tableOf(d, s)
  if (!b || !s?.at) return { design: d, at: s, words: '', trouble: '先在表格里选要重复的那一行' }
  const row = b.rows![s.at.row]!
  const trouble = row.repeat ? '这一行已经在重复' : t.placed(b).some((p) => p.row <= s.at!.row && p.row + p.rowSpan > s.at!.row && p.rowSpan > 1) ? '这一行有和别的行合并的格，先拆开' : row.cells.some((c) => c.field) ? '这一行已经有填写项，选一个空行' : ''
  if (trouble) return { design: d, at: s, words: '', trouble }
  const heading = b.rows![s.at.row - 2]?.cells.find((c) => c.text && (c.col_span ?? 1) > 1)?.text
  const { name, design } = register(d, { ...e, label: heading ?? e.label }, undefined, lastBefore(d, s))
  const out = putTable(design, b.id, (x) => t.putRow(x, s.at!.row, (r) => ({ ...r, repeat: name, lines: 4, h: Math.max(8, t.round(r.h * 0.85)), cells: r.cells.map(({ head: _, align: _a, ...c }) => c) })))
  return { design: out, at: { block: b.id, at: { row: s.at.row, col: 0 } }, words: '这一行会重复，纸上 4 行，多的写在续页' }
}

/** Names of the entries that only these cells or this block show. */
function entriesOf(d: Design, b: Block, cells?: t.Placed[]): string[] {
  if (!b.rows) return b.field ? [b.field] : []
  return (cells ?? t.placed(b)).flatMap((p) => (p.cell.field ? [b.rows![p.row]!.repeat ? `${b.rows![p.row]!.repeat}/${p.cell.field}` : p.cell.field] : []))
}

/** Empties the chosen cells or takes the block from the paper; its entries leave the form (删). */
export function remove(d: Design, s?: Selection): Outcome {
  const b = blockOf(d, s?.block)
  if (!b || !s) return { design: d, at: s, words: '', trouble: '先选要删的' }
  const range = rangeAt(d, s)
  if (range) {
    const cells = t.inside(b, range)
    if (cells.every((p) => t.empty(p.cell))) return { design: d, at: s, words: '', trouble: '这些格是空的；删行、删列用右边的按钮' }
    let out = entriesOf(d, b, cells).reduce(removeField, d)
    for (const p of cells) out = putBlock(out, b.id, (x) => t.putCell(x, p, bare))
    return { design: out, at: { block: s.block, at: s.at }, words: `清空了 ${cells.length} 格` }
  }
  let out = [...entriesOf(d, b), ...(b.rows ?? []).flatMap((r) => (r.repeat ? [r.repeat] : []))].reduce(removeField, d)
  const blocks = inOrder(out)
  const next = blocks[blocks.findIndex((x) => x.id === b.id) - 1] ?? blocks.find((x) => x.id !== b.id)
  out = { ...out, paper: { ...out.paper, blocks: out.paper.blocks.filter((x) => x.id !== b.id) } }
  return { design: out, at: next && entrySelection(next), words: `删了${blockWords[b.kind]}` }
}

const bare = (c: Cell): Cell => ({ col: c.col, ...(c.col_span ? { col_span: c.col_span } : {}), ...(c.row_span ? { row_span: c.row_span } : {}), ...(c.head ? { head: true, align: c.align } : {}) })

export type TableAct = 'row-above' | 'row-below' | 'column-left' | 'column-right' | 'drop-row' | 'drop-column' | 'merge' | 'split' | 'once' | 'shade'

/** What can be done with the grid (表格操作). */
export function onTable(d: Design, act: TableAct, s?: Selection): Outcome {
  const b = tableOf(d, s)
  const range = rangeAt(d, s)
  if (!b || !range || !s?.at) return { design: d, at: s, words: '', trouble: '先在表格里选一格' }
  const { r0, r1, c0, c1 } = range
  const at = (row: number, col: number): Selection => ({ block: b.id, at: { row, col } })
  const turn = (change: (x: Block) => Block) => putTable(d, b.id, change)
  switch (act) {
    case 'row-above': return { design: turn((x) => t.insertRow(x, r0, r0)), at: at(r0, c0), words: '上面插了一行' }
    case 'row-below': return { design: turn((x) => t.insertRow(x, r1 + 1, r1)), at: at(r1 + 1, c0), words: '下面插了一行' }
    case 'column-left': return { design: turn((x) => t.insertColumn(x, c0, c0)), at: at(r0, c0), words: '左边插了一列' }
    case 'column-right': return { design: turn((x) => t.insertColumn(x, c1 + 1, c1)), at: at(r0, c1 + 1), words: '右边插了一列' }
    case 'drop-row': {
      if (r1 - r0 + 1 >= t.rowCount(b)) return { design: d, at: s, words: '', trouble: '表格至少要有一行；不要这张表，先按 Esc 选整张表再删' }
      const gone = t.placed(b).filter((p) => p.row >= r0 && p.row <= r1)
      let out = [...entriesOf(d, b, gone), ...b.rows!.slice(r0, r1 + 1).flatMap((r) => (r.repeat ? [r.repeat] : []))].reduce(removeField, d)
      for (let i = r1; i >= r0; i--) out = putTable(out, b.id, (x) => t.deleteRow(x, i))
      return { design: out, at: at(Math.min(r0, t.rowCount(blockOf(out, b.id)!) - 1), c0), words: `删了 ${r1 - r0 + 1} 行` }
    }
    case 'drop-column': {
      if (c1 - c0 + 1 >= t.columnCount(b)) return { design: d, at: s, words: '', trouble: '表格至少要有一列' }
      const gone = t.placed(b).filter((p) => p.col >= c0 && p.col + p.colSpan - 1 <= c1)
      let out = entriesOf(d, b, gone).reduce(removeField, d)
      for (let i = c1; i >= c0; i--) out = putTable(out, b.id, (x) => t.deleteColumn(x, i))
      return { design: out, at: at(r0, Math.min(c0, t.columnCount(blockOf(out, b.id)!) - 1)), words: `删了 ${c1 - c0 + 1} 列` }
    }
    case 'merge': {
      const trouble = t.mergeTrouble(b, range)
      return trouble ? { design: d, at: s, words: '', trouble } : { design: turn((x) => t.merge(x, range)), at: at(r0, c0), words: `合并了 ${t.inside(b, range).length} 格` }
    }
    case 'split': {
      const here = t.cellAt(b, s.at)!
      if (here.rowSpan === 1 && here.colSpan === 1) return { design: d, at: s, words: '', trouble: '这一格没有合并过' }
      return { design: turn((x) => t.split(x, s.at!)), at: at(here.row, here.col), words: '拆开了合并格' }
    }
    case 'shade': {
      const shaded = t.inside(b, range).every((p) => p.cell.head)
      let out = d
      for (const p of t.inside(b, range)) out = putBlock(out, b.id, (x) => t.putCell(x, p, ({ head: _, align: _a, ...c }) => (shaded ? c : { ...c, head: true, align: 'center' })))
      return { design: out, at: s, words: shaded ? '去掉了底色' : '加了底色' }
    }
    case 'once': {
      const repeat = b.rows![r0]!.repeat
      if (!repeat) return { design: d, at: s, words: '', trouble: '这一行没有重复' }
      const out = removeField(d, repeat)
      return { design: putTable(out, b.id, (x) => t.putRow(x, r0, ({ repeat: _r, lines: _l, ...r }) => ({ ...r, cells: r.cells.map(({ field: _f, ...c }) => c) }))), at: s, words: '这一行不再重复' }
    }
  }
}

/** Moves a block, or grows it; cells grow by their row and column (挪动、改大小). */
export function nudge(d: Design, s: Selection | undefined, dx: number, dy: number): Outcome {
  const b = blockOf(d, s?.block)
  if (!b) return { design: d, at: s, words: '', trouble: '先选一样东西' }
  const page = pageSize(d)
  const x = within(b.x + dx, 0, page.w - b.w)
  const y = within(b.y + dy, 0, page.h - b.h)
  return { design: putBlock(d, b.id, (o) => ({ ...o, x, y })), at: s, words: `移到 x ${x} y ${y}` }
}

export function grow(d: Design, s: Selection | undefined, dw: number, dh: number): Outcome {
  const b = blockOf(d, s?.block)
  if (!b || !s) return { design: d, at: s, words: '', trouble: '先选一样东西' }
  const here = cellOf(d, s)
  if (here) {
    const room = t.round(pageSize(d).w - b.x - b.w)
    let out = d
    if (dw) out = putTable(out, b.id, (x) => t.moveColumnLine(x, here.col + here.colSpan - 1, dw, room))
    if (dh) out = putTable(out, b.id, (x) => t.moveRowLine(x, here.row + here.rowSpan - 1, dh))
    const now = cellOf(out, s)!
    return { design: out, at: s, words: `格宽 ${now.w} 高 ${now.h}` }
  }
  if (b.rows) return { design: d, at: s, words: '', trouble: '表格按行、列改大小：先进到一格里' }
  const page = pageSize(d)
  const w = within(b.w + dw, 4, page.w - b.x)
  const h = within(b.h + dh, b.kind === 'line' ? 0.2 : 4, page.h - b.y)
  return { design: putBlock(d, b.id, (o) => ({ ...o, w, h })), at: s, words: `宽 ${w} 高 ${h}` }
}

/** Puts a signature or seal into the cell that is selected, else on the page. */
export function addSign(d: Design, kind: 'signature' | 'seal', s?: Selection): Outcome {
  const b = tableOf(d, s)
  const here = cellOf(d, s)
  if (!b || !here) return addBlock(d, kind, s)
  if (here.cell.field || here.cell.signer || here.cell.seal || b.rows![here.row]!.repeat) return { design: d, at: s, words: '', trouble: '这一格已经有别的用处，选一个空格' }
  return { design: putBlock(d, b.id, (x) => t.putCell(x, here, (c) => (kind === 'seal' ? { ...c, seal: true } : { ...c, signer: 'applicant' }))), at: s, words: `放了${blockWords[kind]}` }
}

/** Words of a block or a cell; those of an entry's label follow into the screens where they were the same. */
export function writeText(d: Design, s: Selection, text: string): Outcome {
  const b = blockOf(d, s.block)
  const here = cellOf(d, s)
  if (!b) return { design: d, at: s, words: '', trouble: '先选一样东西' }
  if (!here) return { design: putBlock(d, b.id, (x) => ({ ...x, text })), at: s, words: '改了文字' }
  return { design: putBlock(d, b.id, (x) => t.putCell(x, here, ({ text: _, ...c }) => (text ? { ...c, text } : c))), at: s, words: '改了文字' }
}

/** What a selection is called, for the state line and for those who listen. */
export function nameOf(d: Design, s?: Selection): string {
  const b = blockOf(d, s?.block)
  if (!b) return ''
  const path = fieldAt(d, s)
  const here = cellOf(d, s)
  if (!here) return b.kind === 'field' && path ? `填写项 ${specOf(d, path)?.field.label ?? path}` : `${blockWords[b.kind]}${b.text ? '：' + b.text.slice(0, 16) : ''}`
  const spec = here.cell.field && path ? specOf(d, path) : undefined
  if (spec) return `填写项 ${spec.field.label}，${widgetWords[spec.field.widget]}`
  if (here.cell.signer) return '手写签名'
  if (here.cell.seal) return '印章位'
  return here.cell.text ? here.cell.text.slice(0, 20) : '空格'
}
