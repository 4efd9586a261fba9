import type { Design, Field, Filled, Group } from '../types'
import { freshGroup, groupOf, questionFor } from './fields'

// The screens on which a form is asked (分屏): one question group at a time on kiosk and phone, in this order.

const swap = <T>(list: T[], i: number, j: number): T[] => (j < 0 || j >= list.length ? list : list.map((x, k) => (k === i ? list[j]! : k === j ? list[i]! : x)))
const put = (d: Design, screens: Group[]): Design => ({ ...d, screens })

export const rename = (d: Design, id: string, title: string) => put(d, d.screens.map((g) => (g.id === id ? { ...g, title } : g)))

export function moveScreen(d: Design, id: string, by: -1 | 1): Design {
  const i = d.screens.findIndex((g) => g.id === id)
  return i < 0 ? d : put(d, swap(d.screens, i, i + by))
}

/** An entry goes one place on; at the end of its screen to the neighbour. */
export function moveField(d: Design, name: string, by: -1 | 1): Design {
  const home = groupOf(d, name)
  if (!home) return d
  const i = home.fields.findIndex((f) => f.name === name)
  const j = i + by
  if (j >= 0 && j < home.fields.length) return put(d, d.screens.map((g) => (g === home ? { ...g, fields: swap(g.fields, i, j) } : g)))
  const next = d.screens[d.screens.indexOf(home) + by]
  if (!next) return d
  const f = home.fields[i]!
  return put(d, d.screens.map((g) => (g === home ? { ...g, fields: g.fields.filter((x) => x !== f) } : g === next ? { ...g, fields: by > 0 ? [f, ...g.fields] : [...g.fields, f] } : g)).filter((g) => g.fields.length))
}

/** An entry gets a screen of its own, right after the one it leaves. */
export function ownScreen(d: Design, name: string): Design {
  const home = groupOf(d, name)
  if (!home || home.fields.length < 2) return d
  const f = home.fields.find((x) => x.name === name)!
  const own: Group = { id: freshGroup(d), title: questionFor(f), fields: [f], ...(home.show ? { show: home.show } : {}) }
  return put(d, d.screens.flatMap((g) => (g === home ? [{ ...g, fields: g.fields.filter((x) => x !== f) }, own] : [g])))
}

export function showWhen(d: Design, id: string, show: Filled | undefined): Design {
  return put(d, d.screens.map((g) => {
    if (g.id !== id) return g
    const { show: _, ...rest } = g
    return show ? { ...rest, show } : rest
  }))
}

/** Choices of earlier screens, at which a condition can look. */
export const choicesBefore = (d: Design, id: string): Field[] =>
  d.screens.slice(0, Math.max(0, d.screens.findIndex((g) => g.id === id))).flatMap((g) => g.fields).filter((f) => f.widget === 'choice' || f.widget === 'multi')

/** 类别选“小餐饮”或“小食杂”时出现 */
export function showWords(d: Design, g: Group | undefined): string {
  if (!g?.show) return '一直出现'
  const f = d.screens.flatMap((x) => x.fields).find((x) => x.name === g.show!.field)
  const is = g.show.is.map((v) => `“${f?.options?.find((o) => o.value === v)?.label ?? v}”`)
  return `${f?.label ?? g.show.field}选${is.join('或')}时出现`
}
