// An element of an entry by its path (要素取值): "promise.days", "national.use_level".

type Node = Record<string, unknown>

export function valueAt(entry: object, path: string): unknown {
  let at: unknown = entry
  for (const step of path.split('.')) {
    if (at === null || typeof at !== 'object') return undefined
    at = (at as Node)[step]
  }
  return at
}

export function setAt(entry: object, path: string, value: unknown) {
  const steps = path.split('.')
  let at = entry as Node
  for (const step of steps.slice(0, -1)) {
    if (at[step] === null || typeof at[step] !== 'object') at[step] = {}
    at = at[step] as Node
  }
  at[steps[steps.length - 1]!] = value
}

/** Nothing was written; 0 and false are something. */
export const empty = (v: unknown) => v === undefined || v === null || v === '' || (Array.isArray(v) && !v.length)
