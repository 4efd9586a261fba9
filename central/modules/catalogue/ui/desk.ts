import { inject, provide, type InjectionKey } from 'vue'
import type { Change, Comment, Element, Entry, Finding, Mode } from './types'

/** What every part of the item's page knows (编制台): the entry, what was changed, found and said about each element. */
export interface Desk {
  readonly entry: Entry
  readonly mode: Mode
  /** Only elements with a change, a finding or an open comment are shown (只看改动). */
  readonly only: boolean
  changes(element: string): Change[]
  findings(element: string): Finding[]
  comments(element: string): Comment[]
  codes(list: string): { value: string; label: string }[]
  element(path: string): Element | undefined
  /** Says something about an element (写意见), answers, or settles it. */
  comment(element: string, text: string): Promise<void>
  answer(id: string, text: string): Promise<void>
  resolve(id: string): Promise<void>
}

const key: InjectionKey<Desk> = Symbol('desk')
export const provideDesk = (d: Desk) => provide(key, d)
export function useDesk(): Desk {
  const d = inject(key)
  if (!d) throw new Error('no desk above this part')
  return d
}
