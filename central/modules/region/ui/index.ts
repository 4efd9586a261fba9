import { ask } from '@kiosk/kit/api'
import { defineModule } from '@kiosk/kit/module'
import { addTab } from '@kiosk/kit/tabs'
import { api, permission } from './api'
import { follow, unfollow } from './live'
import type { List } from './types'

addTab({ path: '/region', label: '跨域通办', order: 20, permission: permission.read })

// Pages of handling across regions (跨域通办): what is received here for others, what others received for us, one case with both clocks.
export default defineModule({
  name: 'region',
  order: 40,
  title: '跨域通办',
  rail: [],
  pages: [
    { path: '/region', component: () => import('./pages/RegionPage.vue'), permission: permission.read },
    { path: '/region/ended', component: () => import('./pages/RegionPage.vue'), permission: permission.read },
    { path: '/region/case/:no', component: () => import('./pages/CrossingPage.vue'), permission: permission.read },
  ],
  search: { label: '查找跨域件', placeholder: '编号、事项、姓名、地方', to: (q) => ({ path: '/region', query: q ? { q } : {} }) },
  start: follow,
  stop: unfollow,
  async attention(may) {
    if (!may(permission.work)) return []
    const l = await ask<List>(`${api}/cases`)
    return l.mine ? [{ level: 'todo', title: `${l.mine} 件跨域件等本窗口办`, text: '寄原件、收外地的纸件、把结果交给申请人。', to: '/region', act: '去办' }] : []
  },
})
