import { ask, newKey } from '@kiosk/kit/api'
import type { Change, Design, Draft, Element, Fault, FieldError, FormRow, Shown, Use, Values } from './types'

/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/staff/v1/forms'
export const permission = { read: 'forms:form.read', edit: 'forms:form.edit', publish: 'forms:form.publish' }

const at = (id: string) => `${api}/${encodeURIComponent(id)}`
const write = <T>(path: string, body: unknown, key = newKey(), method: 'POST' | 'PUT' = 'POST') => ask<T>(path, { method, body, key })

export const listPath = (q = '') => (q ? `${api}?q=${encodeURIComponent(q)}` : api)
export interface FormList { forms: FormRow[]; total: number }

export const show = (id: string, version = 0) => ask<Shown>(`${at(id)}${version ? `?version=${version}` : ''}`)
export const showDraft = (id: string) => ask<Draft>(`${at(id)}/draft`)
export const create = (id: string, title: string, from: string, key: string) => write<Draft>(api, { id, title, ...(from ? { from } : {}) }, key)
export const start = (id: string) => write<Draft>(`${at(id)}/draft`, {})
export const save = (id: string, rev: number, design: Design, key: string) => write<Draft>(`${at(id)}/draft`, { rev, design }, key, 'PUT')
export const drop = (id: string, rev: number, reason: string, key: string) => write<void>(`${at(id)}/draft/drop`, { rev, reason }, key)
export const submit = (id: string, rev: number, key: string) => write<Draft>(`${at(id)}/draft/submit`, { rev }, key)
export const withdraw = (id: string, rev: number, key: string) => write<Draft>(`${at(id)}/draft/withdraw`, { rev }, key)
export const giveBack = (id: string, rev: number, note: string, key: string) => write<Draft>(`${at(id)}/draft/return`, { rev, note }, key)
export const publish = (id: string, rev: number, key: string) => write<{ version: number }>(`${at(id)}/draft/publish`, { rev }, key)
export const tryValues = (design: Design, values: Values, only?: string[]) => write<{ errors: FieldError[] }>(`${api}/try`, { design, values, only })
export const draw = (design: Design) => write<{ paper: Design['paper'] }>(`${api}/draw`, { design })
export const verify = (design: Design) => write<{ faults: Fault[]; design: Design }>(`${api}/verify`, { design })
export const previewCall = (design: Design, values: Values | undefined) => ({ path: `${api}/preview`, call: { method: 'POST' as const, body: { design, ...(values ? { values } : { blank: true }) } } })
export const diffPath = (id: string, from: number, to: number) => `${at(id)}/diff?from=${from}&to=${to}`
export interface Diff { changes: Change[] }
export const elements = (q: string, group: string, signal?: AbortSignal) => ask<{ elements: Element[]; groups: string[]; total: number }>(`${api}/elements?q=${encodeURIComponent(q)}&group=${encodeURIComponent(group)}`, { signal })
export const elementPath = (id: string) => `${api}/elements/${encodeURIComponent(id)}`
export interface ElementUses { element: Element; uses: Use[] }
