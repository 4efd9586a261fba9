import { ask } from '@kiosk/kit/api'
import { may } from '@kiosk/kit/who'
import { reactive } from 'vue'

// Quick entries that a person keeps for themselves (直接进入): at the centre, so that they are there at every window.

export interface Entry {
  path: string
  label: string
}

/** What can be pinned: pages that exist, for those who may open them. */
export const offers: (Entry & { permission: string; key?: string })[] = [
  { path: '/window/intake', label: '政务服务事项', permission: 'window:case.register', key: 'Alt+g' },
  { path: '/window', label: '收件：等答复的', permission: 'window:case.read' },
  { path: '/window/running', label: '办件：正在办的', permission: 'window:case.read' },
  { path: '/window/closed', label: '办结的', permission: 'window:case.read' },
  { path: '/window/parked', label: '暂存架', permission: 'window:case.register' },
]

export const pins = reactive<{ all: Entry[]; known: boolean; problem: unknown }>({ all: [], known: false, problem: undefined })

const first = () => offers.filter((o) => may(o.permission)).slice(0, 3).map(({ path, label }) => ({ path, label }))

export async function recall() {
  try {
    const got = await ask<{ pins: Entry[] | null; kept: boolean }>('/api/staff/v1/window/pins')
    pins.all = got.kept ? (got.pins ?? []) : first()
    pins.known = true
    pins.problem = undefined
  } catch (e) {
    pins.problem = e
    pins.all = first()
  }
}

export async function keep(all: Entry[]) {
  const before = pins.all
  pins.all = all
  try {
    await ask('/api/staff/v1/window/pins', { method: 'PUT', body: { pins: all } })
    pins.problem = undefined
  } catch (e) {
    pins.all = before
    pins.problem = e
  }
}

export const pinned = (path: string) => pins.all.some((p) => p.path === path)
export const toggle = (e: Entry) => keep(pinned(e.path) ? pins.all.filter((p) => p.path !== e.path) : [...pins.all, { path: e.path, label: e.label }])
