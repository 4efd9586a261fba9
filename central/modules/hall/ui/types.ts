import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']

export type Live = Solid<S['HallLive']>
export type LiveWindow = Solid<S['HallLiveWindow']>
export type Advice = Solid<S['HallAdvice']>
export type Config = Solid<S['HallConfig']>
export type WindowRow = Solid<S['HallWindowRow']>
export type ZoneRow = Solid<S['HallZoneRow']>
export type Person = Solid<S['HallPerson']>
export type Take = Solid<S['HallTake']>
export type Checked = Solid<S['HallChecked']>
export type Finding = Solid<S['HallFinding']>
