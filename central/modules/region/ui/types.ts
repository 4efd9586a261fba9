import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']

export type List = Solid<S['RegionList']>
export type Row = Solid<S['RegionRow']>
export type Arrival = Solid<S['RegionArrivalRow']>
export type Detail = Solid<S['RegionDetail']>
export type Clock = Solid<S['RegionClock']>
export type Target = Solid<S['RegionTarget']>
export type Line = Solid<S['RegionLine']>
