import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']

export type Column = Solid<S['BulletinColumn']>
/** The texts that may be left out when one is written are always there when it is read. */
export type Row = Required<Solid<S['BulletinRow']>>
export type Board = Omit<Solid<S['BulletinBoard']>, 'rows'> & { rows: Row[] }
