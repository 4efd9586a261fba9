import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']

export type Board = Solid<S['ProvinceBoard']>
export type Difference = Board['differences'][number]
export type Messages = Solid<S['ProvinceMessages']>
export type Row = Messages['rows'][number]
export type Detail = Solid<S['ProvinceMessageDetail']>
export type CaseView = Solid<S['ProvinceCaseView']>
export type Flow = Solid<S['ProvinceFlow']>
export type Returned = Flow['returns'][number]
export type Synced = Solid<S['ProvinceSynced']>
export type Finding = Synced['findings'][number]
export type Systems = Solid<S['ProvinceSystems']>
export type System = Systems['rows'][number]
export type Rule = Systems['rules'][number]
export type Licence = Solid<S['ProvinceLicence']>
export type Material = Solid<S['ProvinceMaterial']>
