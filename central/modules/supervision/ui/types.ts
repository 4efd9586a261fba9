import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']

export type Monitor = Solid<S['SupervisionMonitor']>
export type Watched = Solid<S['SupervisionWatched']>
export type Clock = Solid<S['SupervisionClock']>
export type Cards = Solid<S['SupervisionCards']>
export type CardRow = Solid<S['SupervisionRow']>
export type CardView = Solid<S['SupervisionCardView']>
export type RuleBook = Solid<S['SupervisionRuleBook']>
export type RuleRow = Solid<S['SupervisionRuleRow']>
