import { ask, setCSRF, whenSignedOut } from '@kiosk/kit/api'
import { who } from '@kiosk/kit/who'
import { reactive } from 'vue'
import { api } from './place'

/** Who is signed in (当前登录), as the server says. */
export interface Me {
  name: string
  desk: string
  department: string
  roles: string[]
  permissions: string[]
  csrf: string
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
  Object.assign(who, { name: me.name, permissions: me.permissions, roles: me.roles })
  session.me = me
  session.worker = `${me.name} ${me.desk}`
  session.expired = false
}

export async function recall() {
  try {
    take(await ask<Me>(api + '/auth/me'))
  } catch {
    session.me = null
  } finally {
    session.known = true
    session.expired = false
  }
}

/** Says that the person is still here; the session begins to count anew. */
export async function stay() {
  take(await ask<Me>(api + '/auth/me'))
}

export async function signIn(login: string, password: string) {
  take(await ask<Me>(api + '/auth/login', { method: 'POST', body: { login, password } }))
}

export async function signOut() {
  await ask(api + '/auth/logout', { method: 'POST' }).catch(() => {})
  session.me = null
  session.expired = false
  session.worker = ''
}

export const may = (permission: string) => session.me?.permissions.includes(permission) ?? false
