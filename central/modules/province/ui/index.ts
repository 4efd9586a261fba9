import { ask } from '@kiosk/kit/api'
import { defineModule } from '@kiosk/kit/module'
import { may } from '@kiosk/kit/who'
import { api, permission } from './api'
import type { Board } from './types'

// Pages of the collaboration with the province (省平台协同).
export default defineModule({
  name: 'province',
  order: 45,
  rail: [{ path: '/province', label: '省平台', icon: 'link', permission: permission.read }],
  pages: [
    { path: '/province', component: () => import('./pages/CockpitPage.vue'), permission: permission.read },
    { path: '/province/messages', component: () => import('./pages/MessagesPage.vue'), permission: permission.read },
    { path: '/province/returns', component: () => import('./pages/ReturnsPage.vue'), permission: permission.read },
    { path: '/province/systems', component: () => import('./pages/SystemsPage.vue'), permission: permission.read },
    { path: '/province/sync', component: () => import('./pages/SyncPage.vue'), permission: permission.finding },
  ],
  search: { label: '查找报文', placeholder: '办件编号、省里的编号', to: (q) => ({ path: '/province/messages', query: q ? { q } : {} }) },
  async badges(): Promise<Record<string, number>> {
    if (!may(permission.read)) return {}
    const b = await ask<Board>(`${api}/board`)
    return { '/province': (b.report?.open ?? 0) + b.counts.refused + b.counts.dead + b.tray }
  },
})
