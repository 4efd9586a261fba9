import type { Console } from '@kiosk/kit/module'

/** Which console this page is (所在控制台); the html file says it. */
export const here: Console = document.documentElement.dataset.console === 'admin' ? 'admin' : 'workbench'

export const consoles: Record<Console, { title: string; path: string; api: string }> = {
  workbench: { title: '综合窗口', path: '/console/', api: '/api/staff/v1' },
  admin: { title: '管理台', path: '/admin/', api: '/api/admin/v1' },
}

/** Where the operations of this console begin. */
export const api = consoles[here].api
