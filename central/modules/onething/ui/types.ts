import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']

export type Row = Solid<S['OnethingRow']>
export type List = Solid<S['OnethingList']>
export type Detail = Solid<S['OnethingDetail']>
export type Bundle = Solid<S['OnethingBundle']>
export type Cover = Solid<S['OnethingCover']>
export const api = '/api/staff/v1/onething'
