import { ask } from '@kiosk/kit/api'
import { defineModule, type Attention } from '@kiosk/kit/module'
import { api, permission } from './api'
import { breakerWords, stateOf } from './state'
import type { Services } from './types'

const services = () => ask<Services>(`${api}/services`)

// Pages of the service integration (服务集成).
export default defineModule({
  name: 'services',
  console: 'admin',
  order: 40,
  rail: [{ path: '/services', label: '对接', icon: 'link', permission: permission.read }],
  pages: [
    { path: '/services', component: () => import('./pages/ServicesPage.vue'), permission: permission.read },
    { path: '/services/consumers', component: () => import('./pages/ConsumersPage.vue'), permission: permission.consumer },
    { path: '/services/systems', component: () => import('./pages/SystemsPage.vue'), permission: permission.systems },
  ],
  async badges() {
    return { '/services': (await services()).rows.filter((r) => stateOf(r).tone === 'bad').length }
  },
  async attention(may) {
    if (!may(permission.read)) return []
    const { rows } = await services()
    return rows.flatMap((r): Attention[] => {
      const now = stateOf(r)
      if (now.tone !== 'bad') return []
      const queued = r.queued ? `排着 ${r.queued} 条，没丢。` : ''
      return [{ level: 'bad', title: `${r.title} ${now.word}`, text: (r.breaker === 'closed' ? r.health_text || '试连没有回答。' : breakerWords(r)) + queued, to: '/services?at=' + r.name, act: '去看' }]
    })
  },
})
