import { ask } from '@kiosk/kit/api'
import { defineModule, type Attention } from '@kiosk/kit/module'
import { api, permission } from './api'
import { follow, unfollow } from './live'
import type { Checked } from './types'

// Pages of the hall (大厅): the live map, the check, and how it is set up.
export default defineModule({
  name: 'hall',
  order: 60,
  title: '大厅',
  rail: [{ path: '/hall', label: '大厅', icon: 'screen', permission: permission.map }],
  pages: [
    { path: '/hall', component: () => import('./pages/MapPage.vue'), permission: permission.map },
    { path: '/hall/check', component: () => import('./pages/CheckPage.vue'), permission: permission.read },
    { path: '/hall/config', component: () => import('./pages/ConfigPage.vue'), permission: permission.read },
  ],
  start: follow,
  stop: unfollow,
  async attention(may) {
    const out: Attention[] = []
    if (!may(permission.write)) return out
    const bad = (await ask<Checked>(`${api}/check`)).findings.filter((f) => f.level === 'bad')
    if (bad.length) out.push({ level: 'warn', title: `大厅配置有 ${bad.length} 处会让人白跑`, text: bad[0]!.title, to: '/hall/check', act: '去看' })
    return out
  },
})
