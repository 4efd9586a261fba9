import { ask } from '@kiosk/kit/api'
import { defineModule } from '@kiosk/kit/module'
import { may } from '@kiosk/kit/who'
import { api, permission } from './api'
import type { Items } from './types'

// Pages of the item catalogue (事项目录).
export default defineModule({
  name: 'catalogue',
  order: 60,
  title: '事项目录',
  search: { label: '查找事项', placeholder: '事项名、拼音、编码、法条、同义词', to: (q) => ({ path: '/catalogue', query: q ? { q } : {} }) },
  rail: [
    { path: '/catalogue', label: '事项', icon: 'items', permission: permission.read },
    { path: '/catalogue/checks', label: '检查', icon: 'shield', permission: permission.read },
  ],
  pages: [
    { path: '/catalogue', component: () => import('./pages/ItemsPage.vue'), permission: permission.read },
    { path: '/catalogue/item/:code', component: () => import('./pages/ItemPage.vue'), permission: permission.read },
    { path: '/catalogue/item/:code/situations', component: () => import('./pages/SituationsPage.vue'), permission: permission.read },
    { path: '/catalogue/item/:code/versions', component: () => import('./pages/VersionsPage.vue'), permission: permission.read },
    { path: '/catalogue/basic', component: () => import('./pages/BasicPage.vue'), permission: permission.read },
    { path: '/catalogue/materials', component: () => import('./pages/MaterialsPage.vue'), permission: permission.read },
    { path: '/catalogue/completeness', component: () => import('./pages/CompletenessPage.vue'), permission: permission.read },
    { path: '/catalogue/checks', component: () => import('./pages/ChecksPage.vue'), permission: permission.read },
    { path: '/catalogue/import', component: () => import('./pages/ImportPage.vue'), permission: permission.import },
  ],
  async badges() {
    const { counts } = await ask<Items>(`${api}/items?size=1`)
    return { '/catalogue': may(permission.review) ? counts.review : may(permission.publish) ? counts.approved : counts.returned }
  },
})
