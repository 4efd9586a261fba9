import type { Design, Element, Widget } from '../types'
import { addBlock, addEntry, addPage, addSign, onTable, type Outcome, type Selection, type Spot, type TableAct } from './design'

// Everything that can be put on the paper (工具): one letter, one button, one thing to drag; all three do the same.

export interface Tool {
  key: string
  label: string
  group: '版面' | '填写项' | '签署'
  /** Cannot be dropped: it changes what is selected. */
  still?: boolean
  act: (d: Design, s?: Selection, spot?: Spot) => Outcome
}

const entry = (key: string, label: string, widget: Widget): Tool => ({ key, label, group: '填写项', act: (d, s, spot) => addEntry(d, { label, widget }, s, spot) })

export const tools: Tool[] = [
  { key: 't', label: '表格', group: '版面', act: (d, s, spot) => addBlock(d, 'table', s, spot) },
  { key: 'm', label: '合并格', group: '版面', still: true, act: (d, s) => onTable(d, 'merge', s) },
  { key: 'h', label: '标题', group: '版面', act: (d, s, spot) => addBlock(d, 'title', s, spot) },
  { key: 'n', label: '说明文字', group: '版面', act: (d, s, spot) => addBlock(d, 'text', s, spot) },
  { key: 'k', label: '页眉', group: '版面', still: true, act: (d) => addBlock(d, 'header') },
  { key: 'o', label: '页脚', group: '版面', still: true, act: (d) => addBlock(d, 'footer') },
  { key: 'l', label: '横线', group: '版面', act: (d, s, spot) => addBlock(d, 'line', s, spot) },
  { key: 'b', label: '加一页', group: '版面', still: true, act: (d) => addPage(d) },
  entry('1', '文字', 'text'),
  entry('2', '数字', 'digits'),
  entry('3', '日期', 'date'),
  entry('4', '单选', 'choice'),
  entry('5', '多选', 'multi'),
  entry('6', '区县街道', 'district'),
  entry('7', '重复行', 'rows'),
  entry('8', '大段文字', 'area'),
  entry('9', '手机', 'phone'),
  { key: 's', label: '手写签名', group: '签署', act: (d, s, spot) => (spot ? addBlock(d, 'signature', s, spot) : addSign(d, 'signature', s)) },
  { key: 'g', label: '印章位', group: '签署', act: (d, s, spot) => (spot ? addBlock(d, 'seal', s, spot) : addSign(d, 'seal', s)) },
  { key: 'q', label: '二维码', group: '签署', act: (d, s, spot) => addBlock(d, 'qr', s, spot) },
]

export const elementTool = (e: Element): Tool => ({ key: '', label: e.name, group: '填写项', act: (d, s, spot) => addEntry(d, { label: e.name, widget: e.widget, element: e }, s, spot) })

/** Acts on the grid with their letters; the buttons stand beside the cell's measures. */
export const gridActs: { key: string; act: TableAct; label: string }[] = [
  { key: 'r', act: 'row-below', label: '下面插行' },
  { key: 'u', act: 'row-above', label: '上面插行' },
  { key: 'c', act: 'column-right', label: '右边插列' },
  { key: 'y', act: 'column-left', label: '左边插列' },
  { key: 'd', act: 'drop-row', label: '删行' },
  { key: 'w', act: 'drop-column', label: '删列' },
  { key: 'm', act: 'merge', label: '合并' },
  { key: 'x', act: 'split', label: '拆开' },
  { key: 'p', act: 'shade', label: '底色' },
]
