// Names of the server's own types (接口类型).
export interface Measure { title: string; value: string; unit?: string }
export interface Component { name: string; title: string; kind: string; state: string; text: string; since?: string; measured: Measure[] }
export interface Health { at?: string; state: string; answer: string; components: Component[]; terminals: { up: number; total: number; ill: Component[] } }
export interface Series { name: string; title: string; unit: string; host: string; points: [number, number][] }
export interface Inspection { id: string; opens_at: string; due_at: string; state: string; planned: boolean; result?: string; findings: number; person?: string; note?: string; done_at?: string; report_id?: string }
export interface Inspections { plan: { every: string; next_at?: string; duty_person: string }; year: { year: number; done: number; due: number; missed: number; need: number }; rows: Inspection[] }
export interface InspectionDetail extends Inspection { checks: { component: string; title: string; kind: string; result: string; text: string; measured: Measure[] }[] }
export interface Resource { id: string; kind: string; kind_title: string; name: string; address?: string; system?: string; owner?: string; place?: string; note?: string; duplicate_of?: string; changed_at: string; changed_by: string }
export interface Resources { rows: Resource[]; duplicates: number }
export interface Duty { id: string; duty: string; person: string; login?: string; from_at: string; to_at?: string; made_by: string }
export interface Incident { id: string; system: string; title: string; from: string; to?: string; seconds: number; source: string; cause?: string; person?: string }
export interface Availability {
  from: string; percent: number; goal: number; down_seconds: number; mttr_seconds: number; mttr_goal_seconds: number; mttr_over: boolean; down_over_goal: boolean
  systems: { system: string; title: string; percent: number; down_seconds: number; since?: string; down_now: boolean; over_day: boolean }[]
  days: { day: string; ok_percent: number; down_seconds: number; known: boolean }[]
  incidents: Incident[]
}
export interface Backup { id: string; at: string; snapshot?: string; place: string; size: number; rows: number; files: number; duration_ms: number; state: string; text?: string }
export interface Drill { at: string; seconds: number; ok: boolean; text: string; person: string }
export interface Backups { configured: boolean; last_ok_at?: string; every_hours: number; keep: number; next_at?: string; place?: string; rows: Backup[]; drill?: Drill; drills: Drill[] }
