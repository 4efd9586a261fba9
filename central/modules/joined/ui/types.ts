import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']

export type Track = Solid<S['JoinedTrack']>
export type Matter = Solid<S['JoinedMatter']>
export type Bundles = Solid<S['JoinedBundles']>
export type Theme = Solid<S['JoinedTheme']>
export type Item = Solid<S['JoinedItem']>
export type Todo = Solid<S['JoinedTodo']>
export type Todos = Solid<S['JoinedTodos']>
export type Health = Solid<S['JoinedHealth']>
