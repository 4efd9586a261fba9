import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here. What Go leaves out may be
// undefined, and a point of a trend is always a pair, which its document cannot say.
type S = components['schemas']

export type Component = Solid<S['RunningComponent']>
export type Health = Solid<S['RunningHealthOutBody']>
export type Series = Omit<Solid<S['RunningSeries']>, 'points'> & { points: [number, number][] }
export type Inspection = Solid<S['RunningInspection']>
export type Inspections = Solid<S['RunningInspectionsOutBody']>
export type InspectionDetail = Solid<S['RunningInspectionOutBody']>
export type Resource = Solid<S['RunningResourceRow']>
export interface Resources { rows: Resource[]; duplicates: number }
export type Duty = Solid<S['RunningDutyRow']>
export type Availability = Solid<S['RunningAvailabilityOutBody']>
export type Incident = Solid<S['RunningIncidentRow']>
export type Backups = Solid<S['RunningBackupsOutBody']>
