import { describe, expect, it } from 'vitest'
import type { Block, Design, Element } from '../types'
import { addBlock, addEntry, addRows, blockOf, extend, fieldAt, grow, move, nudge, onTable, placeOf, putBlock, remove, writeText, type Selection } from './design'
import { numberEnds, numberRule, patchField, putOptions, specOf, unbound } from './fields'
import { useHistory } from './history'
import * as t from './table'

const blank = (): Design => ({
  id: 'test', version: 0, title: '测试表', schema: { type: 'object', additionalProperties: false, properties: {}, required: [] }, screens: [],
  paper: { size: 'A4', margin: { top: 18, right: 20, bottom: 18, left: 20 }, pages: 1, blocks: [] },
})
const withTable = () => addBlock(blank(), 'table')
const at = (row: number, col: number, to?: t.Spot): Selection => ({ block: 'table1', at: { row, col }, to })
const table = (d: Design) => blockOf(d, 'table1')!
const element = (id: string, name: string, more: Partial<Element> = {}): Element => ({ id, name, group: '经营', widget: 'text', class: 'case', schema: { type: 'string', maxLength: 100 }, uses: 0, ...more })

/** Every spot of the grid is covered by exactly one cell. */
function whole(b: Block) {
  const seen = new Map<string, number>()
  for (const p of t.placed(b)) for (let r = p.row; r < p.row + p.rowSpan; r++) for (let c = p.col; c < p.col + p.colSpan; c++) seen.set(`${r}/${c}`, (seen.get(`${r}/${c}`) ?? 0) + 1)
  expect(seen.size).toBe(t.rowCount(b) * t.columnCount(b))
  expect([...seen.values()].every((n) => n === 1)).toBe(true)
  expect(b.h).toBe(t.tableHeight(b.rows!))
}

describe('the grid stays whole', () => {
  const merged = onTable(withTable().design, 'merge', at(1, 1, { row: 2, col: 2 })).design
  it('when cells are merged', () => {
    whole(table(merged))
    expect(t.cellAt(table(merged), { row: 2, col: 2 })).toMatchObject({ row: 1, col: 1, rowSpan: 2, colSpan: 2 })
  })
  it.each(['row-above', 'row-below', 'column-left', 'column-right', 'drop-row', 'drop-column', 'split'] as const)('after %s at every spot of a table with a merged cell', (act) => {
    for (let row = 0; row < 4; row++) for (let col = 0; col < 4; col++) whole(table(onTable(merged, act, at(row, col)).design))
  })
  it('under a thousand acts taken at random', () => {
    let seed = 7
    const rnd = (n: number) => (seed = (seed * 48271) % 2147483647) % n
    let d = withTable().design
    const acts = ['row-above', 'row-below', 'column-left', 'column-right', 'drop-row', 'drop-column', 'merge', 'split', 'shade'] as const
    for (let i = 0; i < 1000; i++) {
      const b = table(d)
      const spot = () => ({ row: rnd(t.rowCount(b)), col: rnd(t.columnCount(b)) })
      const act = acts[rnd(t.rowCount(b) > 12 ? 9 : 9)]!
      if (t.rowCount(b) > 12 && act.startsWith('row')) continue
      if (t.columnCount(b) > 8 && act.startsWith('col')) continue
      d = onTable(d, act, { block: 'table1', at: spot(), to: spot() }).design
      whole(table(d))
    }
  })
  it('and the table keeps its width when a column comes or goes', () => {
    const w = table(merged).w
    expect(table(onTable(merged, 'column-left', at(0, 2)).design).w).toBeCloseTo(w)
    expect(table(onTable(merged, 'drop-column', at(0, 0)).design).w).toBeCloseTo(w)
  })
})

describe('an entry', () => {
  it('takes the label cell and the one beside it, and the next free cell is chosen', () => {
    const { design, at: next } = addEntry(withTable().design, { label: '经营者名称', widget: 'text', element: element('JYZ_MC', '经营者名称') }, at(0, 0))
    expect(t.cellAt(table(design), { row: 0, col: 0 })!.cell).toMatchObject({ text: '经营者名称', head: true })
    expect(t.cellAt(table(design), { row: 0, col: 1 })!.cell).toMatchObject({ field: 'jyz_mc' })
    expect(next).toEqual(at(0, 2))
    expect(design.schema.properties.jyz_mc).toEqual({ type: 'string', maxLength: 100, 'x-element': 'JYZ_MC' })
    expect(design.schema.required).toEqual(['jyz_mc'])
    expect(design.screens).toMatchObject([{ title: '经营者名称是什么？', fields: [{ name: 'jyz_mc', element: 'JYZ_MC' }] }])
  })
  it('goes beside a label that is written already, and takes its name', () => {
    const labelled = writeText(withTable().design, at(0, 0), '使用面积：').design
    const { design } = addEntry(labelled, { label: '数字', widget: 'digits' }, at(0, 1))
    expect(specOf(design, 'digits')!.field.label).toBe('使用面积')
  })
  it('has a block of its own outside a table', () => {
    const { design, at: made } = addEntry(blank(), { label: '填表日期', widget: 'date' })
    expect(blockOf(design, made!.block)).toMatchObject({ kind: 'field', field: 'date', text: '填表日期：' })
  })
  it('is refused where one is already', () => {
    const one = addEntry(withTable().design, { label: '甲', widget: 'text' }, at(0, 1))
    expect(addEntry(one.design, { label: '乙', widget: 'text' }, at(0, 1)).trouble).toContain('已经有填写项')
  })
  it('leaves paper, screens, schema and conditions together', () => {
    let d = addEntry(withTable().design, { label: '类别', widget: 'choice' }, at(0, 0)).design
    d = addEntry(d, { label: '说明', widget: 'area' }, at(1, 0)).design
    d = { ...d, screens: d.screens.map((g, i) => (i === 1 ? { ...g, show: { field: 'choice', is: ['是'] } } : g)) }
    const gone = remove(d, at(0, 1)).design
    expect(Object.keys(gone.schema.properties)).toEqual(['area'])
    expect(gone.screens).toHaveLength(1)
    expect(gone.screens[0]!.show).toBeUndefined()
    expect(placeOf(gone, 'choice')).toBeUndefined()
  })
  it('with more than two to type on a screen begins the next', () => {
    let d = withTable().design
    for (let i = 0; i < 5; i++) d = addEntry(d, { label: `第${i}项`, widget: 'text' }, at(Math.floor(i / 2), (i % 2) * 2)).design
    expect(d.screens.map((g) => g.fields.length)).toEqual([2, 2, 1])
  })
})

describe('repeating rows', () => {
  it('ask by column, with the headings above', () => {
    let d = onTable(withTable().design, 'merge', at(1, 0, { row: 1, col: 3 })).design
    d = writeText(d, at(1, 0), '从业人员').design
    const { design, at: where } = addRows(d, { label: '重复行', widget: 'rows' }, at(3, 2))
    d = addEntry(design, { label: '姓名', widget: 'text' }, where).design
    d = addEntry(d, { label: '有效期至', widget: 'date' }, at(3, 1)).design
    expect(fieldAt(d, at(3, 0))).toBe('rows/text')
    expect(specOf(d, 'rows')!.field).toMatchObject({ label: '从业人员', columns: [{ name: 'text', label: '姓名' }, { name: 'date' }] })
    expect(d.schema.properties.rows!.items!.required).toEqual(['text', 'date'])
    expect(t.cellAt(table(d), { row: 2, col: 0 })!.cell.text).toBe('姓名')
    expect(table(d).h).toBe(30 + 4 * table(d).rows![3]!.h)
    whole(table(d))
    expect(onTable(d, 'merge', at(2, 0, { row: 3, col: 0 })).trouble).toContain('重复行')
    const once = onTable(d, 'once', at(3, 0)).design
    expect(Object.keys(once.schema.properties)).toEqual([])
    expect(once.screens).toEqual([])
  })
})

describe('moving about', () => {
  it('walks cells, leaves the table at its foot and comes back', () => {
    let { design: d } = addBlock(blank(), 'title')
    d = addBlock(d, 'table').design
    d = addBlock(d, 'signature').design
    expect(move(d, undefined, 1, 0)).toEqual({ block: 'title1' })
    expect(move(d, { block: 'title1' }, 1, 0)).toEqual(at(0, 0))
    expect(move(d, at(3, 1), 1, 0)).toEqual({ block: 'signature1' })
    expect(move(d, { block: 'signature1' }, -1, 0)).toEqual(at(3, 0))
    expect(move(d, at(0, 3), 0, 1)).toEqual(at(0, 3))
    expect(extend(d, at(0, 0), 1, 2)).toEqual(at(0, 0, { row: 1, col: 2 }))
  })
  it('passes a merged cell without losing its column', () => {
    const d = onTable(withTable().design, 'merge', at(1, 0, { row: 1, col: 3 })).design
    const on = move(d, at(0, 2), 1, 0)!
    expect(t.cellAt(table(d), on.at!)!.colSpan).toBe(4)
    expect(move(d, on, 1, 0)).toEqual(at(2, 2))
  })
})

describe('millimetres', () => {
  it('a block stays on the sheet', () => {
    const { design: d } = addBlock(blank(), 'qr')
    const far = nudge(d, { block: 'qr1' }, 500, -500)
    expect(blockOf(far.design, 'qr1')).toMatchObject({ x: 192, y: 0 })
  })
  it('a column gives to its neighbour, a row pushes what is below', () => {
    let { design: d } = withTable()
    d = addBlock(d, 'signature').design
    const y = blockOf(d, 'signature1')!.y
    const wide = grow(d, at(0, 0), 3, 0).design
    expect(table(wide).columns![0]! + table(wide).columns![1]!).toBeCloseTo(table(d).columns![0]! + table(d).columns![1]!)
    expect(blockOf(grow(d, at(0, 0), 0, 2).design, 'signature1')!.y).toBeCloseTo(y + 2)
    expect(table(grow(d, at(0, 0), -500, 0).design).columns![0]).toBe(t.minColumn)
  })
  it('what does not fit goes to the next sheet', () => {
    let { design: d } = addBlock(blank(), 'table')
    d = putBlock(d, 'table1', (b) => ({ ...b, y: 240 }))
    const made = addBlock(d, 'seal')
    expect(blockOf(made.design, 'seal1')!.page).toBe(2)
    expect(made.design.paper.pages).toBe(2)
  })
})

describe('rules', () => {
  it('a number keeps its ends through the pattern', () => {
    const r = numberRule({ type: 'string' }, 1, 60, '平方米')
    expect(numberEnds(r)).toEqual({ from: 1, to: 60 })
    expect(new RegExp(r.pattern!, 'u').test('61')).toBe(false)
    expect(numberEnds({ ...r, pattern: '^[0-9]+$' })).toBeUndefined()
  })
  it('options carry the enum and the conditions with them', () => {
    let d = addEntry(withTable().design, { label: '类别', widget: 'choice' }, at(0, 0)).design
    d = addEntry(d, { label: '说明', widget: 'area' }, at(1, 0)).design
    d = { ...d, screens: d.screens.map((g, i) => (i === 1 ? { ...g, show: { field: 'choice', is: ['是', '否'] } } : g)) }
    d = putOptions(d, 'choice', [{ value: '是', label: '是' }])
    expect(d.schema.properties.choice!.enum).toEqual(['是'])
    expect(d.screens[1]!.show!.is).toEqual(['是'])
    expect(patchField(d, 'choice', { required: false }).schema.required).toEqual(['area'])
  })
  it('what the server wrote for a condition comes back into the plain list', () => {
    let d = addEntry(withTable().design, { label: '甲', widget: 'text' }, at(0, 0)).design
    d = { ...d, schema: { ...d.schema, required: [], allOf: [{ if: {}, then: { required: ['text'] } }] } }
    expect(unbound(d).schema).toMatchObject({ required: ['text'] })
    expect(unbound(d).schema.allOf).toBeUndefined()
  })
})

describe('taking back', () => {
  it('goes step by step, ten nudges as one', () => {
    let clock = 1000
    const first = addBlock(blank(), 'qr').design
    const h = useHistory(first, () => clock)
    for (let i = 0; i < 10; i++) {
      clock += 100
      h.push(nudge(h.design.value, { block: 'qr1' }, 1, 0), 'nudge')
    }
    h.push(remove(h.design.value, { block: 'qr1' }))
    expect(h.undo()!.words).toContain('删了')
    h.undo()
    expect(h.design.value).toBe(first)
    expect(h.canUndo.value).toBe(false)
    h.redo()
    expect(blockOf(h.design.value, 'qr1')!.x).toBe(182)
  })
})
