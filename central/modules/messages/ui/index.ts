import { ask } from '@kiosk/kit/api'
import { defineModule } from '@kiosk/kit/module'
import { may } from '@kiosk/kit/who'
import { api, permission } from './api'
import { follow, unfollow } from './live'

// Pages of messages (消息): my letters, where short messages went, the scenes.
export default defineModule({
  name: 'messages',
  order: 90,
  title: '消息',
  rail: [{ path: '/messages', label: '消息', icon: 'bell', permission: permission.letters }],
  pages: [
    { path: '/messages', component: () => import('./pages/LettersPage.vue'), permission: permission.letters },
    { path: '/messages/texts', component: () => import('./pages/TextsPage.vue'), permission: permission.texts },
    { path: '/messages/scenes', component: () => import('./pages/ScenesPage.vue'), permission: permission.scenes },
  ],
  start: follow,
  stop: unfollow,
  async badges(): Promise<Record<string, number>> {
    if (!may(permission.letters)) return {}
    return { '/messages': (await ask<{ unread: number }>(`${api}/unread`)).unread }
  },
})
