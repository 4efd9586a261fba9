import { defineModule } from '@kiosk/kit/module'
import { permission } from './api'

// The editors' page of the bulletin (资讯).
export default defineModule({
  name: 'bulletin',
  order: 62,
  title: '资讯',
  rail: [{ path: '/bulletin', label: '资讯', icon: 'screen', permission: permission.read }],
  pages: [{ path: '/bulletin', component: () => import('./pages/EditorsPage.vue'), permission: permission.read }],
})
