/** What is asked of the records (查询条件); it is the address of the page, so that a query can be sent to somebody. */
export interface Filter {
  from: string
  to: string
  who: string
  action: string
  object: string
  source: string
  result: string
  q: string
}

export const empty: Filter = { from: '', to: '', who: '', action: '', object: '', source: '', result: '', q: '' }
export const keys = Object.keys(empty) as (keyof Filter)[]

export const fromQuery = (query: Record<string, unknown>): Filter => Object.fromEntries(keys.map((k) => [k, String(query[k] ?? '')])) as unknown as Filter
export const toQuery = (f: Filter): Record<string, string> => Object.fromEntries(keys.filter((k) => f[k]).map((k) => [k, f[k]]))

/** What goes to the centre: whole days in Shanghai become instants, the last day belongs to it. */
export function asked(f: Filter): Record<string, string> {
  const q = toQuery(f)
  if (f.from) q.from = `${f.from}T00:00:00+08:00`
  if (f.to) q.to = `${f.to}T23:59:59+08:00`
  return q
}

export interface Saved {
  name: string
  filter: Record<string, string>
}

const place = (who: string) => `audit-filters:${who}`

/** Queries kept in this browser for this person; they hold conditions, never results. */
export function saved(who: string, store: Pick<Storage, 'getItem'> = localStorage): Saved[] {
  try {
    const list = JSON.parse(store.getItem(place(who)) ?? '[]') as Saved[]
    return Array.isArray(list) ? list : []
  } catch {
    return []
  }
}

export function keep(who: string, s: Saved, store: Pick<Storage, 'getItem' | 'setItem'> = localStorage): Saved[] {
  const list = [...saved(who, store).filter((x) => x.name !== s.name), s].slice(-12)
  store.setItem(place(who), JSON.stringify(list))
  return list
}

export function forget(who: string, name: string, store: Pick<Storage, 'getItem' | 'setItem'> = localStorage): Saved[] {
  const list = saved(who, store).filter((x) => x.name !== name)
  store.setItem(place(who), JSON.stringify(list))
  return list
}
