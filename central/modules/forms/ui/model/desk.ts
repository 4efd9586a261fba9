import { computed, nextTick, ref, shallowRef, type Ref } from 'vue'
import type { Design, Fault } from '../types'
import { blockOf, cellOf, extend, fieldAt, grow, inOrder, move, nudge, placeOf, remove, writeText, type Outcome, type Selection } from './design'
import { follow } from './dragging'
import type { Drafting } from './drafting'
import { specOf } from './fields'
import type { Tool } from './palette'

// What is chosen and what happens to it (设计台): the mouse, the keys and the panes all end here.

export interface Sheet {
  focusChosen: () => Promise<void>
  root?: HTMLElement
}

export function useDesk(drafting: Drafting, editable: Ref<boolean>, sheet: Ref<Sheet | undefined>, mm: Ref<number>) {
  const selection = shallowRef<Selection>()
  const said = ref('')
  const trouble = ref(false)
  const writing = shallowRef<Selection>()
  const ghost = shallowRef<{ label: string; x: number; y: number; over?: Selection; page?: number }>()
  const design = drafting.design
  const path = computed(() => fieldAt(design.value, selection.value))
  const inRows = computed(() => {
    const here = cellOf(design.value, selection.value)
    return !!here && !!blockOf(design.value, selection.value?.block)?.rows?.[here.row]?.repeat
  })

  function say(words: string, bad = false) {
    said.value = words
    trouble.value = bad
  }
  const toPaper = () => void sheet.value?.focusChosen()
  function choose(s?: Selection) {
    selection.value = s
    trouble.value = false
  }

  /** Does an act; paper says whether the focus goes back to the paper afterwards. */
  function apply(o: Outcome, kind = '', paper = false) {
    if (!editable.value) return say('这张表现在只能看', true)
    if (o.trouble) say(o.trouble, true)
    else {
      drafting.act(o, kind)
      say(o.words)
    }
    if (o.at && blockOf(design.value, o.at.block)) selection.value = o.at
    else if (selection.value && !blockOf(design.value, selection.value.block)) selection.value = undefined
    if (paper) toPaper()
  }
  function use(t: Tool, s = selection.value, spot?: { page: number; x: number; y: number }) {
    const before = new Set(Object.keys(design.value.schema.properties))
    const o = t.act(design.value, s, spot)
    apply(o, '', true)
    if (t.key && t.group === '填写项' && !o.trouble) {
      // a plain entry wants a name next: it stays chosen, one from the library goes on to the next cell
      const made = Object.keys(o.design.schema.properties).find((n) => !before.has(n))
      const at = made && specOf(o.design, made)?.field.widget !== 'rows' ? placeOf(o.design, made) : undefined
      if (at) choose(at)
      toPaper()
    }
  }

  function taken(step: { words: string; at?: Selection } | undefined, verb: string) {
    if (!step) return say(`没有可${verb}的`, true)
    if (selection.value && !cellOf(design.value, selection.value) && selection.value.at) selection.value = blockOf(design.value, selection.value.block) && { block: selection.value.block }
    if (selection.value && !blockOf(design.value, selection.value.block)) selection.value = undefined
    say(`${verb}了：${step.words}`)
  }
  const undo = () => taken(drafting.undo(), '撤销')
  const redo = () => taken(drafting.redo(), '重做')

  function arrow(dRow: number, dCol: number) {
    choose(move(design.value, selection.value, dRow, dCol))
    toPaper()
  }
  function stretch(dRow: number, dCol: number) {
    choose(extend(design.value, selection.value, dRow, dCol))
  }
  const shift = (dx: number, dy: number) => apply(nudge(design.value, selection.value && { block: selection.value.block }, dx, dy), 'nudge')
  const size = (dw: number, dh: number) => apply(grow(design.value, selection.value, dw, dh), 'size')
  const clear = () => apply(remove(design.value, selection.value), '', true)

  /** Esc: one cell instead of several, then the whole table, then nothing. */
  function back() {
    const s = selection.value
    if (!s) return
    if (s.to) choose({ block: s.block, at: s.at })
    else if (s.at) choose({ block: s.block })
    else choose(undefined)
    toPaper()
  }
  const properties = () => document.querySelector<HTMLElement>('[data-properties] [data-first]')
  function toProperties() {
    const first = properties()
    first?.focus()
    if (first instanceof HTMLInputElement) first.select()
    return !!first
  }
  /** Words are written where they stand; an entry is changed in its properties; a table is entered. */
  function open(s = selection.value) {
    const b = blockOf(design.value, s?.block)
    if (!s || !b) return
    choose(s)
    if (b.rows && !s.at) return choose({ block: b.id, at: { row: 0, col: 0 } }), toPaper()
    if (fieldAt(design.value, s) && (cellOf(design.value, s)?.cell.field || !s.at)) return void nextTick(toProperties)
    if (editable.value && (s.at || !['signature', 'seal', 'qr', 'line'].includes(b.kind))) writing.value = s
  }
  function written(text: string, next: boolean) {
    const s = writing.value
    writing.value = undefined
    if (s && text !== textAt(design.value, s)) apply(writeText(design.value, s, text))
    if (next) choose(move(design.value, s, 0, 1))
    void nextTick(toPaper)
  }

  function press(at: Selection, e: PointerEvent) {
    if (e.button !== 0 || writing.value) return
    if (e.shiftKey && at.at && selection.value?.block === at.block && selection.value.at) {
      choose({ ...selection.value, to: at.at })
    } else choose(at)
    e.preventDefault()
    toPaper()
    if (at.at || !editable.value) return
    const from = design.value
    const kind = `drag-${at.block}-${e.timeStamp}`
    follow(e, { move: (_, dx, dy) => apply(nudge(from, at, Math.round(dx / mm.value), Math.round(dy / mm.value)), kind) })
  }
  function over(at: Selection) {
    const s = selection.value
    if (s?.at && s.block === at.block && at.at && !ghost.value) choose({ ...s, to: at.at.row === s.at.row && at.at.col === s.at.col ? undefined : at.at })
  }

  function under(e: PointerEvent): { s?: Selection; spot?: { page: number; x: number; y: number } } | undefined {
    const el = document.elementFromPoint(e.clientX, e.clientY)
    const cell = el?.closest<HTMLElement>('[data-cell]')
    if (cell) {
      const [block, row, col] = cell.dataset.cell!.split('/') as [string, string, string]
      return { s: { block, at: { row: Number(row), col: Number(col) } } }
    }
    const page = el?.closest<HTMLElement>('[data-page]')
    if (!page) return undefined
    const r = page.getBoundingClientRect()
    return { spot: { page: Number(page.dataset.page), x: Math.round((e.clientX - r.left) / mm.value), y: Math.round((e.clientY - r.top) / mm.value) } }
  }
  /** Carries a tool from the palette to the paper. */
  function carry(t: Tool, e: PointerEvent) {
    if (e.button !== 0) return
    follow(e, {
      move: (m) => {
        const at = under(m)
        ghost.value = { label: t.label, x: m.clientX, y: m.clientY, over: at?.s }
      },
      drop: (u, moved) => {
        if (!moved) return
        const at = under(u)
        if (!at) say('没有放在纸上')
        else if (at.s && t.key && ['表格', '标题', '说明文字', '横线', '二维码'].includes(t.label)) say('这样东西放在表格外面', true)
        else use(t, at.s, at.spot)
      },
      end: () => (ghost.value = undefined),
    })
  }

  /** Chooses what a fault is about. */
  function goTo(f: Fault) {
    const [kind, a = '', b = '', c] = f.where.split('.')
    let s: Selection | undefined
    if (kind === 'paper' && a) s = b && c !== undefined ? { block: a, at: { row: Number(b), col: blockOf(design.value, a)?.rows?.[Number(b)]?.cells[Number(c)]?.col ?? 0 } } : { block: a }
    if (kind === 'schema') s = placeOf(design.value, b ? `${a}/${b}` : a)
    if (kind === 'screens') s = placeOf(design.value, (c ? `${b}/${c}` : b) || design.value.screens.find((g) => g.id === a)?.fields[0]?.name || '')
    if (!s || !blockOf(design.value, s.block)) return say(f.words, true)
    choose(s)
    toPaper()
  }
  function first() {
    if (!selection.value) arrow(1, 0)
    else toPaper()
  }

  return { selection, said, trouble, writing, ghost, path, inRows, say, choose, apply, use, undo, redo, arrow, stretch, shift, size, clear, back, open, written, press, over, carry, goTo, first, toPaper, toProperties, things: computed(() => inOrder(design.value).length) }
}

export const textAt = (d: Design, s: Selection) => (s.at ? cellOf(d, s)?.cell.text : blockOf(d, s.block)?.text) ?? ''
