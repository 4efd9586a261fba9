import { defineModule } from '@kiosk/kit/module'

const permission = 'onething:theme.read'

// Pages of the one-thing themes (一件事).
export default defineModule({
  name: 'onething',
  order: 60,
  rail: [{ path: '/themes', label: '一件事', icon: 'box', permission }],
  pages: [
    { path: '/themes', component: () => import('./pages/ThemesPage.vue'), permission },
    { path: '/themes/:code', component: () => import('./pages/ThemePage.vue'), permission },
  ],
})
