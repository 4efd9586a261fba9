import { ask, setCSRF, whenSignedOut } from '@kiosk/kit/api'
import { leaveCounter } from '@kiosk/kit/counter'
import { who } from '@kiosk/kit/who'
import { reactive } from 'vue'
import { api, here } from './place'
import { look, state, toConsole } from './signon/flow'

/** Who is signed in (当前登录), as the server says. */
export interface Me {
  name: string
  desk: string
  department: string
  roles: string[]
  permissions: string[]
  csrf: string
  idle_seconds: number
  today: { date: string; workday: boolean; published: boolean; text: string }
}

interface Session {
  me: Me | null
  /** Whether it is known who is signed in. */
  known: boolean
  /** The session ran out while somebody was working; what they wrote is still there. */
  expired: boolean
  /** Whose work is on the screen. Somebody else who signs in never sees it: the frame is built anew. */
  worker: string
}

export const session = reactive<Session>({ me: null, known: false, expired: false, worker: '' })

whenSignedOut(() => {
  if (session.me) session.expired = true
  session.me = null
})

function take(me: Me) {
  setCSRF(me.csrf)
  Object.assign(who, { name: me.name, permissions: me.permissions, roles: me.roles, today: me.today.date })
  session.me = me
  session.worker = `${me.name} ${me.desk}`
  session.expired = false
}

/** Opens this console for whoever is signed on already, in this one or another system; the sign-in page otherwise. */
export async function enter() {
  await look(here)
  if (state.step === 'done') take(await toConsole<Me>(here))
}

export async function recall() {
  try {
    take(await ask<Me>(api + '/auth/me'))
  } catch {
    session.me = null
    await enter().catch(() => {})
  } finally {
    session.known = true
    session.expired = false
  }
}

/** Says that the person is still here; the session begins to count anew. */
export async function stay() {
  take(await ask<Me>(api + '/auth/me'))
}


export async function signOut() {
  await ask(api + '/auth/logout', { method: 'POST' }).catch(() => {})
  gone()
  others?.postMessage('out')
}

function gone() {
  void leaveCounter() // the next clerk at this computer pairs for themselves
  Object.assign(state, { step: 'sign-in', name: '', csrf: '' })
  session.me = null
  session.expired = false
  session.worker = ''
}

// Out in one tab is out in all of them, without waiting for their next call.
const others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('tongban-sign-on')
if (others) others.onmessage = () => gone()


export const may = (permission: string) => session.me?.permissions.includes(permission) ?? false
