// Names of the server's own types (接口类型).
export interface Department { id: string; parent: string; name: string; short_name: string; region: string; region_name: string; people: number }
export interface Region { code: string; parent: string; name: string }
export interface Named { name: string; title: string }
export interface PersonRow {
  id: string; login: string; name: string; department: string; department_name: string; region_name: string; posts: string[]
  roles: Named[]; state: string; state_text: string; locked_until: string; last_seen_at: string; second_factor: boolean
}
export interface People { rows: PersonRow[]; total: number; page: number; size: number; counts: { all: number; active: number; locked: number; disabled: number; must_change: number; expiring: number } }
export interface Grant {
  id: string; role: string; role_title: string; scope: string; place: string; place_name: string; words: string
  at: string; by: string; reason: string; permissions: Named[]
}
export interface SessionRow { id: string; audience: string; audience_title: string; source: string; agent: string; created_at: string; seen_at: string; current: boolean }
export interface Person extends PersonRow {
  phone_masked: string; hall: string; desk: string; created_at: string; created_by: string; valid_until: string
  password_changed_at: string; password_expires_at: string; must_change: boolean; failed: number; locked_reason: string
  grants: Grant[]; sessions: SessionRow[]; acts: string[]
}
export interface Role { name: string; title: string; line: string; builtin: boolean; people: number; permissions: string[]; note: string; never: string[] }
export interface Permission { name: string; title: string; module: string; module_title: string; sensitive: boolean }
export interface Right { permission: string; title: string; module_title: string; by: { role_title: string; words: string }[] }
export interface Created { account: Person; password: string }
