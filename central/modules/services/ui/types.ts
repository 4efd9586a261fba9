// Names of the server's own types (接口类型).
export interface Slot { at: string; ok: number; failed: number }
export interface Service {
  name: string; title: string; kind: string; owner: string; address: string; version: string; state: string; health: string; health_text: string
  breaker: string; breaker_since: string; breaker_next_try: string; probes_ok: number; probes_needed: number; simulated: boolean; queued: number
  last_error: string; last_exchange_at: string; p95_ms: number; calls_today: number; failures_today: number; slots: Slot[]
}
export interface Services { rows: Service[]; counts: { total: number; ok: number; open: number; slow: number; off: number } }
export interface Exchange { id: string; at: string; operation: string; operation_title: string; reference: string; result: string; status: number; ms: number; request_sm3: string; answer_sm3: string; error: string }
export interface Detail extends Service {
  contract: { name: string; title: string; method: string; path: string }[]
  timeout_ms: number; retries: number; limit_per_minute: number
  rules: { failures: number; pause_s: number; probes: number }
  exchanges: Exchange[]
  grants: { consumer: string; consumer_title: string; at: string; by: string }[]
  acts: string[]
}
export interface Consumer { id: string; title: string; owner: string; state: string; key_id: string; limit_per_minute: number; calls_today: number; refused_today: number; last_at: string; services: string[] }
