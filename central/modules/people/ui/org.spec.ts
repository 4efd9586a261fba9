import { describe, expect, it } from 'vitest'
import { treeOf, wayTo } from './org'
import type { Department } from './types'

const regions = [
  { code: '510700000000', parent: '', name: '绵阳市' },
  { code: '510703000000', parent: '510700000000', name: '涪城区' },
  { code: '510704000000', parent: '510700000000', name: '游仙区' },
]
const department = (id: string, parent: string, region: string, people: number): Department => ({ id, parent, region, people, name: id + '局', short_name: '', region_name: '', closed: false, usc: '' })

describe('the organisation tree', () => {
  const tree = treeOf(regions, [department('a', '', '510703000000', 5), department('b', 'a', '510703000000', 2), department('c', '', '510700000000', 3), department('lost', 'gone', '510703000000', 1)])

  it('counts the people of a region from its departments', () => expect(tree[0]).toMatchObject({ name: '绵阳市', people: 8 }))
  it('leaves out regions in which nobody works', () => expect(JSON.stringify(tree)).not.toContain('游仙区'))
  it('keeps a department whose parent is missing', () => expect(tree.map((p) => p.id)).toContain('lost'))
  it('knows the way to a department', () => expect(wayTo(tree, 'b').map((p) => p.name)).toEqual(['绵阳市', '涪城区', 'a局', 'b局']))
  it('knows no way to what is not there', () => expect(wayTo(tree, 'zzz')).toEqual([]))
})
