import { expect, test } from 'vitest'
import { lines, parentsFor } from './place'
import type { Department } from './types'

const d = (id: string, parent = '', closed = false): Department => ({ id, parent, closed, name: id, short_name: '', region: '', region_name: '', usc: '', people: 0 })

test('each stands below its own, as deep as it lies; nothing is lost', () => {
  const all = [d('hall', 'bureau'), d('bureau'), d('window', 'hall'), d('lost', 'gone'), d('one', 'two'), d('two', 'one')]
  expect(lines(all).map((l) => `${l.depth} ${l.department.id}`)).toEqual(['0 bureau', '1 hall', '2 window', '0 lost', '0 one', '1 two'])
})

test('a department lies neither below itself nor below what is closed', () => {
  const all = [d('bureau'), d('hall', 'bureau'), d('window', 'hall'), d('other'), d('old', '', true)]
  expect(parentsFor(all, 'bureau').map((x) => x.id)).toEqual(['other'])
  expect(parentsFor(all, '').map((x) => x.id)).toEqual(['bureau', 'hall', 'window', 'other'])
})
