import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']
/** The server never answers null for a list; its document cannot say so. */
type Solid<T> = T extends (infer U)[] | null ? Solid<U>[] : T extends object ? { [K in keyof T]: Solid<T[K]> } : T

export type Inbox = Solid<S['Inbox']>
export type Row = Solid<S['Row']>
export type Case = Solid<S['Case']>
export type Point = Solid<S['Point']>
export type Paper = Solid<S['Paper']>
export type DocumentRow = Solid<S['DocumentRow']>
export type Gap = Solid<S['Gap']>
export interface Decided {
  case: Case
  document: DocumentRow
}
export type Act = 'accept' | 'notice' | 'refuse' | 'grant'
