import { ask, setCSRF, whenSignedOut } from '@kiosk/kit/api'
import { reactive } from 'vue'

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

export const session = reactive<{ me: Me | null; known: boolean; expired: boolean }>({ me: null, known: false, expired: false })

whenSignedOut(() => {
  session.expired = session.me !== null
  session.me = null
})

function take(me: Me) {
  setCSRF(me.csrf)
  session.me = me
  session.expired = false
}

export async function recall() {
  try {
    take(await ask<Me>('/api/staff/v1/auth/me'))
  } catch {
    session.me = null
  } finally {
    session.known = true
    session.expired = false
  }
}

export async function signIn(login: string, password: string) {
  take(await ask<Me>('/api/staff/v1/auth/login', { method: 'POST', body: { login, password } }))
}

export async function signOut() {
  await ask('/api/staff/v1/auth/logout', { method: 'POST' }).catch(() => {})
  session.me = null
}

export const may = (permission: string) => session.me?.permissions.includes(permission) ?? false
