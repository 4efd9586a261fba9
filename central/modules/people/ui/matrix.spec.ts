import { describe, expect, it } from 'vitest'
import { allowed, changes, columns, fixed, groups, turned, will } from './matrix'
import type { Permission, Role } from './types'

const role = (name: string, line: Role['line'], permissions: string[]): Role => ({ name, title: name, line, builtin: true, people: 3, permissions, note: '', never: [] })
const permission = (name: string, title: string): Permission => ({ name, title, module: name.split(':')[0]!, module_title: name.startsWith('w') ? '综合窗口' : '审计', sensitive: false, admin_only: false })
const clerk = role('clerk', 'business', ['window:accept'])
const auditor = role('audit-admin', 'audit', ['audit:read'])
const all = [permission('window:accept', '受理'), permission('window:read', '看办件'), permission('audit:read', '看审计')]

describe('a draft', () => {
  it('is empty again when a cell is turned twice', () => expect(turned(turned({}, clerk, 'window:read'), clerk, 'window:read')).toEqual({}))
  it('says what each role gains and loses', () => {
    const draft = turned(turned({}, clerk, 'window:read'), clerk, 'window:accept')
    expect(will(draft, clerk, 'window:read')).toBe(true)
    expect(changes(draft, [clerk, auditor], all)).toMatchObject([{ role: 'clerk', add: [{ title: '看办件' }], remove: [{ title: '受理' }], people: 3 }])
  })
})

describe('the rows', () => {
  it('stand under their module', () => expect(groups(all, '').map((g) => [g.title, g.permissions.length])).toEqual([['综合窗口', 2], ['审计', 1]]))
  it.each([
    ['受理', ['window:accept']],
    ['AUDIT', ['audit:read']],
    ['综合', ['window:accept', 'window:read']],
    ['没有', []],
  ])('that fit %s', (q, names) => expect(groups(all, q).flatMap((g) => g.permissions.map((p) => p.name))).toEqual(names))
})

it('the three administrators stand apart; machines are no column', () => expect(columns([auditor, clerk, role('terminal', 'terminal', [])])).toEqual({ business: [clerk], apart: [auditor] }))

describe('a role made by hand', () => {
  const never: Role = { ...clerk, never: ['audit:read'] }
  it('is offered what its kind may hold, and nothing of a kind nobody knows', () => {
    expect(allowed(all, [never, auditor], 'business').map((p) => p.name)).toEqual(['window:accept', 'window:read'])
    expect(allowed(all, [never], 'system')).toEqual([])
  })
  it('is changed here; a built-in one is not, nor what is forbidden', () => {
    expect(fixed(clerk, 'window:read')).toBe(true)
    expect(fixed({ ...never, builtin: false }, 'window:read')).toBe(false)
    expect(fixed({ ...never, builtin: false }, 'audit:read')).toBe(true)
  })
})
