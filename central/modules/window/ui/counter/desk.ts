import { ask, newKey } from '@kiosk/kit/api'
import { hear } from '@kiosk/kit/live'
import { may } from '@kiosk/kit/who'
import { reactive } from 'vue'
import type { Desk, Person } from './hall'

// The counter's own window, for every page (我的窗口): one state, one stream, so that the floating bar, the day page and the visit
// never say different things.

export const permServe = 'hall:queue.serve'

interface Counter {
  desk?: Desk
  problem: unknown
  busy: boolean
  /** Who stands at the window; never kept beyond the visit. */
  person?: Person & { visit: string }
}

export const counter = reactive<Counter>({ problem: undefined, busy: false })

const again = 150 // ms in which changes are one
const every = 30_000 // waiting times grow while nothing happens
const quiet = 5 * 60_000
let leave: (() => void) | undefined
let timer = 0
let pulse = 0
let asked = 0

function put(d: Desk) {
  asked++
  counter.desk = d
  counter.problem = undefined
  // Somebody who left is not remembered, whoever ended the visit.
  if (counter.person && counter.person.visit !== d.visit?.id) counter.person = undefined
}

export async function look() {
  if (!may(permServe)) return
  const mine = ++asked
  try {
    const d = await ask<Desk>('/api/staff/v1/hall/desk')
    if (mine === asked) put(d)
  } catch (e) {
    if (mine === asked) counter.problem = e
  }
}

/** An act at the window; the answer is the whole desk again. True when it was done. */
export async function act(path: string, body: Record<string, unknown> = {}): Promise<boolean> {
  if (counter.busy) return false
  counter.busy = true
  try {
    put(await ask<Desk>('/api/staff/v1/hall' + path, { method: 'POST', body, key: newKey() }))
    return true
  } catch (e) {
    counter.problem = e
    void look()
    return false
  } finally {
    counter.busy = false
  }
}

// Asking keeps a session alive: where nobody touches the console any more, nothing is asked until somebody does, so that it closes in time.
let touched = Date.now()
let stale = false
const touch = () => {
  touched = Date.now()
  if (stale) later()
}

const later = () => {
  stale = Date.now() - touched > quiet
  if (stale) return
  timer ||= window.setTimeout(() => {
    timer = 0
    void look()
  }, again)
}

export function follow() {
  if (leave || !may(permServe)) return
  // What moves in another hall is nothing to this window.
  leave = hear<{ hall: string }>(['hall.ticket', 'hall.seat', 'hall.visit', 'hall.config'], (_, { data }) => {
    if (!counter.desk?.hall || data.hall === counter.desk.hall.id) later()
  })
  window.addEventListener('live-link', later) // back again: what was missed is asked for
  pulse = window.setInterval(() => document.visibilityState === 'visible' && later(), every)
  for (const e of ['keydown', 'pointerdown']) window.addEventListener(e, touch, { passive: true })
  void look()
}

/** Nobody is signed in any more: nothing stays. */
export function unfollow() {
  leave?.()
  leave = undefined
  window.removeEventListener('live-link', later)
  clearTimeout(timer)
  clearInterval(pulse)
  for (const e of ['keydown', 'pointerdown']) window.removeEventListener(e, touch)
  timer = 0
  asked++
  counter.desk = counter.person = undefined
  counter.problem = undefined
}
