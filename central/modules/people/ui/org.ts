import type { Department, Region } from './types'

/** A place in the organisation tree (组织树): a region or a department, with what lies below it. */
export interface Place {
  id: string
  name: string
  kind: 'region' | 'department'
  people: number
  below: Place[]
}

/** The tree of regions with their departments. What has no place stands at the top: nothing is lost because a parent is. */
export function treeOf(regions: Region[], departments: Department[]): Place[] {
  const places = new Map<string, Place>()
  const parents = new Map<string, string>()
  for (const r of regions) {
    places.set('r:' + r.code, { id: r.code, name: r.name, kind: 'region', people: 0, below: [] })
    parents.set('r:' + r.code, r.parent ? 'r:' + r.parent : '')
  }
  for (const d of departments) {
    places.set('d:' + d.id, { id: d.id, name: d.short_name || d.name, kind: 'department', people: d.people, below: [] })
    parents.set('d:' + d.id, d.parent ? 'd:' + d.parent : 'r:' + d.region)
  }
  const top: Place[] = []
  for (const [key, place] of places) (places.get(parents.get(key) ?? '')?.below ?? top).push(place)
  top.forEach(sum)
  return top.filter(lived).map(lean)
}

/** A region's people are those of everything below it; a department's number comes from the server, with those below. */
function sum(p: Place): number {
  const below = p.below.map(sum).reduce((a, b) => a + b, 0)
  if (p.kind === 'region') p.people = below
  return p.people
}

/** Regions without any department are left out of the tree. */
const lived = (p: Place): boolean => p.kind === 'department' || p.below.some(lived)
const lean = (p: Place): Place => ({ ...p, below: p.below.filter(lived).map(lean) })

/** The way from the top down to a place, itself last; empty when it is not there. */
export function wayTo(tree: Place[], id: string): Place[] {
  for (const p of tree) {
    if (p.id === id) return [p]
    const way = wayTo(p.below, id)
    if (way.length) return [p, ...way]
  }
  return []
}
