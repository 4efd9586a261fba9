import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']

export type Department = Solid<S['PeopleDepartment']>
export type Region = Solid<S['PeopleRegion']>
export type Hall = Solid<S['PeopleHall']>
export type Post = Solid<S['PeoplePost']>
export type PersonRow = Solid<S['PeopleRow']>
export type People = Solid<S['People']>
export type Grant = Solid<S['PeopleGrant']>
export type SessionRow = Solid<S['PeopleSession']>
export type Person = Solid<S['PeoplePerson']>
export type Role = Solid<S['PeopleRole']>
export type Permission = Solid<S['PeoplePermission']>
export type Right = Solid<S['PeopleRight']>
export type Created = Solid<S['PeopleMade']>
