import { ask } from '@kiosk/kit/api'
import { defineModule } from '@kiosk/kit/module'
import { may } from '@kiosk/kit/who'
import { addTab } from '@kiosk/kit/tabs'
import { api, permission } from './api'
import { follow, unfollow } from './live'
import type { Health } from './types'
import { troubled } from './words'

addTab({ path: '/joined/todo', label: '全部待办', order: 5, permission: permission.track })
addTab({ path: '/joined/onething', label: '一件事', order: 30, permission: permission.track })
addTab({ path: '/joined/estate', label: '不动产', order: 40, permission: permission.track })

// Pages of the neighbours (相邻系统): tracking a number over all systems, one-thing bundles, real estate, how the systems are.
export default defineModule({
  name: 'joined',
  order: 45,
  title: '协同',
  rail: [{ path: '/joined', label: '协同', icon: 'link', permission: permission.track }],
  pages: [
    { path: '/joined', component: () => import('./pages/TrackPage.vue'), permission: permission.track },
    { path: '/joined/track', component: () => import('./pages/TrackPage.vue'), permission: permission.track },
    { path: '/joined/todo', component: () => import('./pages/TodoPage.vue'), permission: permission.track },
    { path: '/joined/onething', component: () => import('./pages/OneThingPage.vue'), permission: permission.track },
    { path: '/joined/estate', component: () => import('./pages/EstatePage.vue'), permission: permission.track },
    { path: '/joined/health', component: () => import('./pages/HealthPage.vue'), permission: permission.health },
  ],
  search: { label: '按编号查进度', placeholder: '办件、套件、不动产、办不成事的编号', to: (q) => ({ path: '/joined/track', query: q ? { no: q } : {} }) },
  start: follow,
  stop: unfollow,
  async badges(): Promise<Record<string, number>> {
    if (!may(permission.health)) return {}
    return { '/joined': troubled((await ask<{ rows: Health[] }>(`${api}/health`)).rows) }
  },
})
