import type { Config, Take } from './types'

/** Keeps one change of the hall and shows what came of it (改一处存一处); true when it was kept. */
export type Keep = (path: string, body: unknown, what: string) => Promise<boolean>

/** Takes with one category of the catalogue more or less. */
export const changed = (takes: Take[], code: string, on: boolean): Take[] => (on ? [...takes, { kind: 'category', code }] : takes.filter((t) => t.kind !== 'category' || t.code !== code))
export const holds = (takes: Take[] | undefined, code: string) => !!takes?.some((t) => t.kind === 'category' && t.code === code)

/** The kinds of items as columns of a tick table. */
export const kindsOf = (c: Config) => c.kinds.map((k) => ({ id: k.code, title: k.name, note: `${k.items} 项` }))

/** What was typed or chosen in a field. */
export const value = (e: Event) => (e.target as HTMLInputElement).value
