import { computed, reactive, watch } from 'vue'
import type { PageRef } from './steps'
import { after, before, choose, frontier, pageAt, same, type Local } from './steps'
import { session } from './session'

interface Nav extends Local {
  itemCode: string
  category: string
  categoryName: string
  office: string // the list is down to one body that decides
  listPage: number // kept while an item is looked at: back leads to the same rows
  notices: { kind: 'news' | 'service'; column: string; pages: Record<string, number> } // where one was in the bulletin, by columns
  query: string
  fix: boolean // came from the check page by 修改: 下一步 returns there
  wanted: string // matter to take up as soon as the person is confirmed
  service: boolean // the technician's door was held open
  then: '' | 'progress' // where to go once the person is confirmed
}

const clean = (): Nav => ({
  at: 'home', back: undefined, rating: false, slipPassed: false, itemCode: '', category: '', categoryName: '', office: '', listPage: 0, query: '', fix: false,
  notices: { kind: 'news', column: '', pages: {} },
  wanted: '', service: false, then: '',
})

/** Where the citizen is inside what the agent knows (走到哪). Wiped with the visit: nothing searched or chosen outlives it. */
export const nav = reactive<Nav>(clean())

export function wipeNav(): void {
  Object.assign(nav, clean())
}

watch(() => session.visitId.value, wipeNav)
watch(
  () => session.visit.value?.done?.case_no,
  () => Object.assign(nav, { rating: false, slipPassed: false, back: undefined, fix: false }),
)
watch(
  () => session.matter.value?.item.code,
  () => Object.assign(nav, { back: undefined, fix: false }),
)

export const screen = computed(() => choose(session.state.value, nav))

export const page = computed<PageRef | undefined>(() => {
  const m = session.matter.value
  return m ? pageAt(m, nav.back) : undefined
})

export const home = (): void => void Object.assign(nav, { at: 'home', itemCode: '', query: '', category: '', office: '', listPage: 0, wanted: '', then: '' })
export const openItem = (code: string): void => void Object.assign(nav, { at: 'item', itemCode: code })
/** Back from an item: to the list it was found in, else home. */
export const backToList = (): void => void (nav.category || nav.query ? (nav.at = 'list') : home())
export const openList = (query: string, category = '', name = ''): void =>
  void Object.assign(nav, { at: 'list', query, category, categoryName: name, office: '', listPage: 0 })

/** 上一步: to the page before; loses nothing. Returns false on the first page, where the way back is to leave the matter. */
export function stepBack(from: PageRef): boolean {
  const m = session.matter.value
  if (!m) return false
  nav.fix = false
  nav.back = before(m, from)
  return nav.back !== undefined
}

/** 下一步 after a page was taken by the agent: back to the check page when it was a correction, else on along the road. */
export function stepOn(from: PageRef): void {
  const m = session.matter.value
  if (!m) return
  if (nav.fix || !nav.back) {
    nav.back = undefined
    nav.fix = false
    return
  }
  const next = after(m, from)
  nav.back = next && !same(next, frontier(m)) ? next : undefined
}

/** Keeps to a page although what it asks is answered: more may be added to it. */
export function stay(at: PageRef): void {
  nav.back ??= at
}

/** 修改 on the check page. */
export function fix(to: PageRef): void {
  Object.assign(nav, { back: to, fix: true })
}
