import type { Cover } from './types'

/** One official form with what fills its fields (覆盖). */
export interface Sheet {
  item: string
  form: string
  fields: Cover[]
  open: number
}

/** Sorts the fields by their official form; open counts those that nothing fills. */
export function sheets(cover: Cover[]): Sheet[] {
  const out: Sheet[] = []
  for (const c of cover) {
    let s = out.find((x) => x.item === c.item)
    if (!s) out.push((s = { item: c.item, form: c.form, fields: [], open: 0 }))
    s.fields.push(c)
    if (!c.by) s.open++
  }
  return out
}

const how: Record<string, string> = { asked: '问一次', card: '读卡带入', passed: '前一项办完自动带入' }

/** How a field is filled, in words. */
export const byWords = (c: Cover) => how[c.by] ?? '没有来处'

/** What the one form saves: entries of all forms, and those that are asked. */
export function saved(cover: Cover[]): { fields: number; asked: number } {
  const asked = new Set(cover.filter((c) => c.by === 'asked').map((c) => c.from))
  return { fields: cover.length, asked: asked.size }
}
