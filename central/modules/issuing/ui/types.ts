import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']

export type List = Solid<S['IssuingList']>
export type Row = Solid<S['IssuingRow']>
export type Detail = Solid<S['IssuingDetail']>
export type Count = Solid<S['IssuingCount']>
export type Tasks = Solid<S['IssuingTaskList']>
export type Task = Solid<S['IssuingTaskDetail']>
export type Ratings = Solid<S['IssuingRatingList']>
export type Archives = Solid<S['IssuingArchiveList']>
export type Helper = Solid<S['IssuingHelper']>
export type Archive = Solid<S['IssuingArchiveDetail']>
