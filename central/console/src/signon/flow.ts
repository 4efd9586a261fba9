import { ask, Problem } from '@kiosk/kit/api'
import { answer, asked } from '@kiosk/kit/challenge'
import type { Console } from '@kiosk/kit/module'
import { reactive } from 'vue'

// The way in (登录流程): the centre says which step is missing, this module takes it. One sign-on serves every console.

export type Step = 'sign-in' | 'code' | 'enrol' | 'password' | 'done'

interface State {
  step: Step
  name: string
  csrf: string
  second: boolean
  province: string
}

type Audience = 'staff' | 'admin' | 'sso'

export const state = reactive<State>({ step: 'sign-in', name: '', csrf: '', second: false, province: '' })

let audience: Audience = 'sso'
const base = '/sso/api/v1'
const audiences: Record<Console, Audience> = { workbench: 'staff', admin: 'admin' }

const post = <T>(path: string, body: object = {}) => ask<T>(base + path, { method: 'POST', body, csrf: state.csrf })
const step = async (path: string, body: object) => void Object.assign(state, await post<State>(path, { ...body, audience }))

/** Where the person stands on the way to a console, or to another system when none is named. */
export async function look(to?: Console) {
  audience = to ? audiences[to] : 'sso'
  Object.assign(state, await ask<State>(`${base}/state?audience=${audience}`))
}

/** After some wrong passwords the centre wants work done first; the person notices only that it takes a moment. */
export async function byPassword(login: string, password: string) {
  const body = { login, password }
  try {
    await step('/password', body)
  } catch (e) {
    if (!(e instanceof Problem) || !asked(e.code)) throw e
    await step('/password', { ...body, challenge: await answer('sign-in', login) })
  }
}

export const sendCode = (phone: string) => ask(base + '/phone', { method: 'POST', body: { phone }, csrf: state.csrf })
export const byPhone = (phone: string, code: string) => step('/phone/sign-in', { phone, code })
export const byCode = (code: string) => step('/totp', { code })
export const byRecovery = (code: string) => step('/recovery', { code })
export const newPassword = (next: string) => step('/new-password', { new: next })
export const enrol = () => ask<{ secret: string; qr: string }>(base + '/totp/enrol', { method: 'POST', csrf: state.csrf })

/** The recovery codes come back once; the next step begins when the person has them. */
export async function confirm(code: string) {
  const out = await post<{ state: State; recovery: string[] }>('/totp/confirm', { code, audience })
  return { recovery: out.recovery, goOn: () => void Object.assign(state, out.state) }
}

export const toConsole = <T>(to: Console) => post<T>('/console', { audience: audiences[to] })

export async function leave() {
  await ask(base + '/logout', { method: 'POST', csrf: state.csrf }).catch(() => {})
  Object.assign(state, { step: 'sign-in', name: '', csrf: '' })
}
