import { ask } from '@kiosk/kit/api'
import { defineModule } from '@kiosk/kit/module'
import { may } from '@kiosk/kit/who'
import * as desk from './counter/desk'
import type { Shelf } from './counter/work'
import { follow, unfollow } from './live'
import type { Inbox } from './types'

const permission = 'window:case.read'
const register = 'window:case.register'
const inbox = () => import('./pages/InboxPage.vue')

// Pages of the integrated window (综合窗口): the clerk's day, the visit, the registration, and the lists of cases.
export default defineModule({
  name: 'window',
  order: 10,
  rail: [
    { path: '/window/today', label: '今天', icon: 'home', permission: register },
    { path: '/window/visit', label: '接待', icon: 'person', permission: desk.permServe },
    { path: '/window', label: '收件', icon: 'inbox', permission },
    { path: '/window/parked', label: '暂存', icon: 'shelf', permission: register },
    { path: '/window/running', label: '办件', icon: 'file', permission },
    { path: '/window/closed', label: '办结', icon: 'done', permission },
  ],
  pages: [
    { path: '/window', component: inbox, permission },
    { path: '/window/running', component: inbox, permission },
    { path: '/window/closed', component: inbox, permission },
    { path: '/window/case/:no', component: () => import('./pages/CasePage.vue'), permission },
    { path: '/window/today', component: () => import('./pages/TodayPage.vue'), permission: register },
    { path: '/window/visit', component: () => import('./pages/VisitPage.vue'), permission: desk.permServe },
    { path: '/window/intake', component: () => import('./pages/IntakePage.vue'), permission: register },
    { path: '/window/register/:id', component: () => import('./pages/RegisterPage.vue'), permission: register },
    { path: '/window/parked', component: () => import('./pages/ParkedPage.vue'), permission: register },
  ],
  search: { label: '查找人、办件、事项', placeholder: '姓名、证件号、办件编号、事项', to: (q) => ({ path: '/window', query: q ? { tab: 'all', q } : {} }) },
  float: { component: () => import('./counter/parts/FloatBar.vue'), permission: register },
  start() {
    follow()
    desk.follow()
  },
  stop() {
    unfollow()
    desk.unfollow()
  },
  async badges() {
    const { counts } = await ask<Inbox>('/api/staff/v1/window/inbox?size=1')
    const shelf = may(register) ? await ask<Shelf>('/api/staff/v1/window/parked?scope=mine') : undefined
    return { '/window': counts.todo, '/window/running': counts.accepted, '/window/parked': shelf?.counts.mine ?? 0 }
  },
})
