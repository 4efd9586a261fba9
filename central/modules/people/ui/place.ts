import type { Department } from './types'

/** A department on its line of the list, as deep as it lies (单位的层次). */
export interface Line {
  department: Department
  depth: number
}

/** Departments as an indented list, each below its own; what is in a circle or has no parent here stands at the top. */
export function lines(all: Department[]): Line[] {
  const known = new Set(all.map((d) => d.id))
  const done = new Set<string>()
  const out: Line[] = []
  const put = (d: Department, depth: number) => {
    if (done.has(d.id)) return
    done.add(d.id)
    out.push({ department: d, depth })
    for (const below of all) if (below.parent === d.id) put(below, depth + 1)
  }
  for (const d of all) if (!known.has(d.parent)) put(d, 0)
  for (const d of all) put(d, 0)
  return out
}

/** What may be above a department: anything of the list but itself and what lies below it. */
export function parentsFor(all: Department[], id: string): Department[] {
  const below = new Set([id])
  for (let grown = true; grown; ) {
    grown = false
    for (const d of all) {
      if (!below.has(d.parent) || below.has(d.id) || !d.parent) continue
      below.add(d.id)
      grown = true
    }
  }
  return all.filter((d) => !d.closed && !(id && below.has(d.id)))
}
