import { ask } from '@kiosk/kit/api'
import { defineModule } from '@kiosk/kit/module'
import { follow, unfollow } from './live'
import type { Inbox } from './types'

const permission = 'window:case.read'
const inbox = () => import('./pages/InboxPage.vue')

// Pages of the integrated window (综合窗口).
export default defineModule({
  name: 'window',
  order: 10,
  rail: [
    { path: '/window', label: '收件', icon: 'inbox', permission },
    { path: '/window/running', label: '办件', icon: 'file', permission },
    { path: '/window/closed', label: '办结', icon: 'done', permission },
  ],
  pages: [
    { path: '/window', component: inbox, permission },
    { path: '/window/running', component: inbox, permission },
    { path: '/window/closed', component: inbox, permission },
    { path: '/window/case/:no', component: () => import('./pages/CasePage.vue'), permission },
  ],
  search: { label: '查找办件', placeholder: '姓名、证件号、办件编号、事项', to: (q) => ({ path: '/window', query: q ? { tab: 'all', q } : {} }) },
  start: follow,
  stop: unfollow,
  async badges() {
    const { counts } = await ask<Inbox>('/api/staff/v1/window/inbox?size=1')
    return { '/window': counts.todo, '/window/running': counts.accepted }
  },
})
