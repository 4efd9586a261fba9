// Names of the server's own types (接口类型).
export interface Where { module: string; module_title: string; title: string; table: string; column: string; rows: number; retention_text: string }
export interface ClassRow {
  name: string; title: string; label: string; label_title: string; mask: string; purpose: string; basis: string
  retention: { rule: string; days: number; text: string; editable: boolean }; key: { version: number; alg: string }; where: Where[]; holds: number
}
export interface Register { classes: ClassRow[]; counts: { classes: number; columns: number; sealed: number } }
export interface RequestRow { id: string; no: string; kind: string; kind_title: string; subject_masked: string; channel: string; received_at: string; due_at: string; days_left: number; state: string; state_text: string; handler: string; note: string }
export interface Requests { rows: RequestRow[]; total: number; page: number; size: number }
export interface RequestDetail extends RequestRow { history: { at: string; title: string; by: string; reason: string }[]; found: { table: string; title: string; rows: number }[]; acts: { act: string; title: string }[] }
export interface Rule { name: string; title: string; what: string; days: number; least: number; most: number; basis: string; held: number; next_at: string; due_rows: number; editable: boolean }
export interface Run { id: string; at: string; dry: boolean; by: string; counts: { rule: string; title: string; rows: number }[]; ms: number; state: string }
export interface Hold { id: string; rule: string; object: string; reason: string; by: string; at: string; lifted_at: string; lifted_by: string; lift_reason: string }
export interface Retention { rules: Rule[]; runs: Run[]; holds: Hold[] }
export interface KeyRow { class: string; title: string; alg: string; active_version: number; created_at: string; versions: number; sealed_rows: number; behind_rows: number; reseal: { done: number; total: number; damaged: number; running: boolean } }
export interface Keys { provider: string; provider_text: string; certified: boolean; kek: { id: string; created_at: string; versions: number }; classes: KeyRow[] }
