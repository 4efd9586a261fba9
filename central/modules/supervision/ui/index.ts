import { ask } from '@kiosk/kit/api'
import { defineModule } from '@kiosk/kit/module'
import { may } from '@kiosk/kit/who'
import { api, permission } from './api'
import { follow, unfollow } from './live'
import type { Cards } from './types'

// Pages of supervision (督办): cards, the live monitor, the rules.
export default defineModule({
  name: 'supervision',
  order: 60,
  title: '督办',
  rail: [{ path: '/supervision', label: '督办', icon: 'flag', permission: permission.cards }],
  pages: [
    { path: '/supervision', component: () => import('./pages/CardsPage.vue'), permission: permission.cards },
    { path: '/supervision/monitor', component: () => import('./pages/MonitorPage.vue'), permission: permission.watch },
    { path: '/supervision/rules', component: () => import('./pages/RulesPage.vue'), permission: permission.rules },
  ],
  start: follow,
  stop: unfollow,
  async badges(): Promise<Record<string, number>> {
    if (!may(permission.cards)) return {}
    const { counts } = await ask<Cards>(`${api}/cards?size=1`)
    return { '/supervision': may(permission.review) ? counts.replied : counts.open - counts.replied }
  },
})
