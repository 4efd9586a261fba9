import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']

export type Board = Solid<S['DeskBoard']>
export type Row = Solid<S['DeskRow']>
export type Detail = Omit<Solid<S['DeskDetail']>, 'folder'> & { folder: Folder | null }
export type Folder = Solid<S['DeskFolderView']>
export type Paper = Solid<S['DeskPaperRow']>
export type Shelf = Solid<S['DeskShelf']>
export type Opinion = Solid<S['DeskOpinionRow']>
export type Signed = Solid<S['DeskSigned']>
export type RuleRow = Solid<S['DeskRuleRow']>
export type RuleDetail = Solid<S['DeskRuleDetail']>
export type Rule = Solid<S['DeskRule']>
export type Person = Solid<S['DeskPersonRow']>
export type Office = Solid<S['DeskOfficeRow']>
export interface Decided {
  task: Detail
  document: { id: string; no: string; title: string; url: string }
}
export interface Count {
  ord: number
  got: number
  note?: string
}
export const api = '/api/staff/v1/desk'
