// Names of the server's own types (接口类型).
export interface Row {
  seq: number; at: string; actor_kind: string; actor_id: string; actor_name: string; department: string; desk: string; source: string
  action: string; action_title: string; object_kind_title: string; object: string; result: string; result_text: string; level: string; reason: string
}
export interface Rows { rows: Row[]; more: boolean; newest: number; ms: number; export_limit: number }
export interface Neighbour { seq: number; at: string; title: string; prev: string; hash: string }
export interface RecordDetail extends Row {
  request: string; prev: string; hash: string
  detail: { key: string; title: string; value: string }[]
  neighbours: Neighbour[]
  checkpoint: Checkpoint | null
}
export interface Action { name: string; title: string; object_kind_title: string; level: string; level_title: string }
export interface Checkpoint { seq: number; at: string; hash: string; signed: boolean; shipped_at: string }
export interface Verification { at: string; ok: boolean; records: number; checkpoints: number; ms: number; bad_seq: number; problem_text: string; by: string }
export interface Job { id: string; state: string; done: number; total: number; result: Verification | null }
export interface Chain {
  records: number; head_seq: number; head_hash: string; last: Verification | null; checkpoints: Checkpoint[]
  sink: { where: string; ok: boolean; last_error: string; same_machine: boolean }; running: Job | null
}
export interface Statistics { days: { day: string; count: number; refused: number }[]; actions: { action: string; title: string; count: number }[]; people: { name: string; count: number }[] }
