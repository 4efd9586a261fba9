import type { Permission, Role } from './types'

/** Changes to the matrix that are not saved yet (未保存的改动): role → permission → whether it will have it. */
export type Draft = Record<string, Record<string, boolean>>

export interface Change {
  role: string
  role_title: string
  add: Permission[]
  remove: Permission[]
  people: number
}

export const has = (role: Role, permission: string) => role.permissions.includes(permission)
export const never = (role: Role, permission: string) => role.never.includes(permission)
/** Built-in roles change with a release only; those made by hand change here. */
export const fixed = (role: Role, permission: string) => role.builtin || never(role, permission)

/** What a role of a kind may hold. The centre tells it per role; every built-in kind has one. */
export function allowed(permissions: Permission[], roles: Role[], line: string): Permission[] {
  const one = roles.find((r) => r.line === line)
  return one ? permissions.filter((p) => !never(one, p.name)) : []
}

/** What a cell will be: as drafted, else as it is. */
export const will = (draft: Draft, role: Role, permission: string) => draft[role.name]?.[permission] ?? has(role, permission)

/** Turns a cell over; turning it back takes the change out of the draft. */
export function turned(draft: Draft, role: Role, permission: string): Draft {
  const to = !will(draft, role, permission)
  const mine = { ...draft[role.name] }
  if (to === has(role, permission)) delete mine[permission]
  else mine[permission] = to
  const { [role.name]: _, ...rest } = draft
  return Object.keys(mine).length ? { ...rest, [role.name]: mine } : rest
}

/** The draft as a list of what each role gains and loses, in the order of the columns. */
export function changes(draft: Draft, roles: Role[], permissions: Permission[]): Change[] {
  return roles.flatMap((r) => {
    const mine = draft[r.name]
    if (!mine) return []
    const of = (to: boolean) => permissions.filter((p) => mine[p.name] === to)
    return [{ role: r.name, role_title: r.title, add: of(true), remove: of(false), people: r.people }]
  })
}

export interface Group {
  module: string
  title: string
  permissions: Permission[]
}

/** The rows by module, only those that fit what is typed: words of the permission, its name, or a module's title. */
export function groups(permissions: Permission[], q: string): Group[] {
  const want = q.trim().toLowerCase()
  const out: Group[] = []
  for (const p of permissions) {
    if (want && ![p.title, p.name, p.module_title].some((s) => s.toLowerCase().includes(want))) continue
    let g = out.find((x) => x.module === p.module)
    if (!g) out.push((g = { module: p.module, title: p.module_title, permissions: [] }))
    g.permissions.push(p)
  }
  return out
}

/** Columns: business roles first, then the three administrators, which are set apart by a strong line. Terminals are recognised by
 * their certificates; nobody can be one. */
export function columns(roles: Role[]): { business: Role[]; apart: Role[] } {
  return { business: roles.filter((r) => r.line === 'business'), apart: roles.filter((r) => r.line !== 'business' && r.line !== 'terminal') }
}
