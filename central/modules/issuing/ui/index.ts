import { ask } from '@kiosk/kit/api'
import { defineModule } from '@kiosk/kit/module'
import { may } from '@kiosk/kit/who'
import { api, permission } from './api'
import type { List } from './types'

// Pages of handing out, rating and filing (发证、评价、归档).
export default defineModule({
  name: 'issuing',
  order: 60,
  rail: [{ path: '/issuing', label: '发证', icon: 'stamp', permission: permission.read }],
  pages: [
    { path: '/issuing', component: () => import('./pages/IssuePage.vue'), permission: permission.read },
    { path: '/issuing/ratings', component: () => import('./pages/RatingsPage.vue'), permission: permission.rated },
    { path: '/issuing/archives', component: () => import('./pages/ArchivesPage.vue'), permission: permission.files },
  ],
  async badges(): Promise<Record<string, number>> {
    if (!may(permission.read)) return {} // who only answers for ratings hands nothing out
    return { '/issuing': (await ask<List>(`${api}/records?size=1`)).counts.ready }
  },
})
