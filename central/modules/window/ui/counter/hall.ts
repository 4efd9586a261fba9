// What the counter knows of its hall (窗口与号票): the words of the hall's own operations that these pages use.

export interface Ticket {
  id: string
  no: string
  category_name: string
  zone_name: string
  priority: string
  priority_text: string
  channel_text: string
  state: string
  state_text: string
  window_no: string
  taken_at: string
  called_at: string
  started_at: string
  waited_min: number
  served_min: number
  calls: number
  hold_reason: string
}

export interface Visit {
  id: string
  ticket: string
  ticket_no: string
  state: string
  way: string
  way_text?: string
  name: string
  id_number: string
  phone: string
  agent: { name: string; id_number: string; relation: string } | null
  opened_at: string
  ended_at: string
  cases: { no: string; item: string; item_name: string; at: string }[]
}

export interface Seat {
  window: string
  no: string
  label: string
  zone_name: string
  state: string
  since: string
}

export interface Desk {
  hall: { id: string; name: string } | null
  seat: Seat | null
  may_sit: { window: string; no: string; label: string; taken_by: string }[]
  current: Ticket | null
  visit: Visit | null
  next: Ticket | null
  waiting: number
  priority: number
  longest_min: number
  promise_min: number
  passed: Ticket[]
  held: Ticket[]
  today: { served: number; average_seconds: number; last_no: string; last_seconds: number }
  zones: { id: string; name: string; waiting: number }[]
  windows: { id: string; no: string; label: string; state: string }[]
  now: string
}

/** Whoever stands at the window, as long as the visit is open; only in the memory of this page (来访人). */
export interface Person {
  name: string
  id_kind: string
  id_number: string
  phone: string
  sex: string
  nation: string
  birth: string
  address: string
  way: 'card' | 'passport' | 'code' | 'typed'
  agent?: Agent
}

export interface Agent {
  name: string
  id_number: string
  phone: string
  relation: string
  authority: string
}
