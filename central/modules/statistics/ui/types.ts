import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']

export type Line = Solid<S['StatisticsLine']>
export type Lines = Solid<S['StatisticsLinesOutBody']>
export type Board = Solid<S['StatisticsBoard']>
export type Bar = Solid<S['StatisticsBar']>
export type Point = Solid<S['StatisticsPoint']>
export type Drilled = Solid<S['StatisticsDrilled']>
export type Drill = Solid<S['StatisticsCasesOutBody']>
export type Recounted = Solid<S['StatisticsRecounted']>
export type WindowRow = Solid<S['StatisticsWindowRow']>
export type DataService = Solid<S['StatisticsDataService']>
