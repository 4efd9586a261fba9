import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']
/** The server never answers null for a list; its document cannot say so. */
type Solid<T> = [NonNullable<T>] extends [(infer U)[]] ? Solid<U>[] : T extends object ? { [K in keyof T]: Solid<T[K]> } : T

export type Inbox = Solid<S['WindowInbox']>
export type Row = Solid<S['WindowRow']>
export type Case = Solid<S['WindowCase']>
export type Point = Solid<S['WindowPoint']>
export type Paper = Solid<S['WindowPaper']>
export type DocumentRow = Solid<S['WindowDocumentRow']>
export type Gap = Solid<S['WindowGap']>
export interface Decided {
  case: Case
  document: DocumentRow
}
export type Act = 'accept' | 'tolerate' | 'notice' | 'renotice' | 'supplement' | 'supply' | 'refuse' | 'grant' | 'deny' | 'pause' | 'resume' | 'extend' | 'withdraw' | 'lapse'
