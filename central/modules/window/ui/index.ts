import { ask } from '@kiosk/kit/api'
import { defineModule } from '@kiosk/kit/module'
import { follow } from './live'
import type { Inbox } from './types'

// Pages of the integrated window (综合窗口).
export default defineModule({
  name: 'window',
  rail: [
    { path: '/window', label: '收件', icon: 'inbox', permission: 'window:case.read' },
    { path: '/window/running', label: '办件', icon: 'file', permission: 'window:case.read' },
    { path: '/window/closed', label: '办结', icon: 'done', permission: 'window:case.read' },
  ],
  pages: [
    { path: '/window', component: () => import('./pages/InboxPage.vue'), permission: 'window:case.read' },
    { path: '/window/running', component: () => import('./pages/InboxPage.vue'), permission: 'window:case.read' },
    { path: '/window/closed', component: () => import('./pages/InboxPage.vue'), permission: 'window:case.read' },
    { path: '/window/case/:no', component: () => import('./pages/CasePage.vue'), permission: 'window:case.read' },
  ],
  async badges() {
    follow()
    const { counts } = await ask<Inbox>('/api/staff/v1/window/inbox?size=1')
    return { '/window': counts.todo, '/window/running': counts.accepted }
  },
})
