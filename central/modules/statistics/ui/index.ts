import { defineModule } from '@kiosk/kit/module'
import { permission } from './api'

// Pages of the statistics (统计).
export default defineModule({
  name: 'statistics',
  order: 80,
  title: '统计',
  rail: [{ path: '/statistics', label: '统计', icon: 'chart', permission: permission.read }],
  pages: [
    { path: '/statistics', component: () => import('./pages/BoardPage.vue'), permission: permission.read },
    { path: '/statistics/windows', component: () => import('./pages/WindowsPage.vue'), permission: permission.read },
    { path: '/statistics/services', component: () => import('./pages/ServicesPage.vue'), permission: permission.read },
  ],
})
