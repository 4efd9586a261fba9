import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型). The design itself is written out: its schema is plain JSON to the server's document, and
// the designer knows what is in it.
type S = components['schemas']

export interface Option {
  value: string
  label: string
  hint?: string
  stop?: string
}

export type Widget = 'text' | 'area' | 'phone' | 'digits' | 'date' | 'choice' | 'multi' | 'district' | 'readonly' | 'rows'

export interface Field {
  name: string
  label: string
  widget: Widget
  element?: string
  columns?: Field[]
  min_rows?: number
  max_rows?: number
  source?: string
  hint?: string
  options?: Option[]
  masked?: boolean
}

export interface Filled {
  field: string
  is: string[]
}

export interface Group {
  id: string
  title: string
  when?: unknown
  show?: Filled
  fields: Field[]
}

export interface Margin {
  top: number
  right: number
  bottom: number
  left: number
}

export type Align = 'left' | 'center' | 'right'

export interface Cell {
  col: number
  col_span?: number
  row_span?: number
  text?: string
  field?: string
  signer?: string
  seal?: boolean
  head?: boolean
  size?: number
  bold?: boolean
  align?: Align
}

export interface Row {
  h: number
  repeat?: string
  lines?: number
  cells: Cell[]
}

export type Kind = 'title' | 'text' | 'field' | 'table' | 'signature' | 'seal' | 'qr' | 'header' | 'footer' | 'line'

export interface Block {
  id: string
  kind: Kind
  page: number
  x: number
  y: number
  w: number
  h: number
  text?: string
  field?: string
  signer?: string
  size?: number
  bold?: boolean
  align?: Align
  columns?: number[]
  rows?: Row[]
}

export interface Paper {
  size: string
  landscape?: boolean
  margin: Margin
  pages: number
  blocks: Block[]
}

/** A property of the schema; what the designer does not know is kept as it is. */
export interface Rule {
  type?: string
  title?: string
  enum?: string[]
  const?: string
  minLength?: number
  maxLength?: number
  pattern?: string
  format?: string
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  uniqueItems?: boolean
  items?: Rule
  properties?: Record<string, Rule>
  required?: string[]
  additionalProperties?: boolean
  'x-message'?: string
  'x-element'?: string
  [more: string]: unknown
}

export interface Schema extends Rule {
  properties: Record<string, Rule>
  required?: string[]
  allOf?: { if?: unknown; then?: { required?: string[] }; else?: unknown }[]
}

export interface Design {
  id: string
  version: number
  title: string
  schema: Schema
  screens: Group[]
  paper: Paper
  sample?: string[]
}

export type Fault = Solid<S['FormsFault']>

export type DraftInfo = Solid<S['FormsDraftInfo']>

export interface Draft extends DraftInfo {
  design: Design
  faults: Fault[]
}

export type FormRow = Solid<S['FormsFormRow']>

export type VersionRow = Solid<S['FormsVersionRow']>

export interface Shown {
  design: Design
  versions: VersionRow[]
  draft?: DraftInfo
}

export type Use = Solid<S['FormsUse']>

export interface Element {
  id: string
  name: string
  group: string
  pinyin?: string
  widget: Widget
  source?: string
  class: string
  masked?: boolean
  schema: Rule
  codes?: Option[]
  uses: number
}

export type FieldError = Solid<S['FormsFieldError']>

export type Change = Solid<S['FormsChange']>

export type Values = Record<string, unknown>
