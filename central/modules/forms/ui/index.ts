import { ask } from '@kiosk/kit/api'
import { defineModule } from '@kiosk/kit/module'
import { defineComponent, h, type Component } from 'vue'
import { useRoute } from 'vue-router'
import { listPath, permission, type FormList } from './api'

/** A page of one form is made anew when the address names another one: nothing of the first may be saved under the second. */
const ofOne = (load: () => Promise<{ default: Component }>) => async () => {
  const page = (await load()).default
  return {
    default: defineComponent(() => {
      const route = useRoute()
      return () => h(page, { key: String(route.params.id) })
    }),
  }
}

// Pages of the electronic forms (电子表单).
export default defineModule({
  name: 'forms',
  order: 61,
  title: '表单',
  search: { label: '查找表单', placeholder: '表名、编号、拼音首字母', to: (q) => ({ path: '/forms', query: q ? { q } : {} }) },
  rail: [{ path: '/forms', label: '表单', icon: 'pen', permission: permission.read }],
  pages: [
    { path: '/forms', component: () => import('./pages/FormsPage.vue'), permission: permission.read },
    { path: '/forms/:id', component: ofOne(() => import('./pages/DesignerPage.vue')), permission: permission.read },
    { path: '/forms/:id/try', component: ofOne(() => import('./pages/TryPage.vue')), permission: permission.read },
    { path: '/forms/:id/versions', component: ofOne(() => import('./pages/VersionsPage.vue')), permission: permission.read },
  ],
  async badges() {
    const { forms } = await ask<FormList>(listPath())
    return { '/forms': forms.filter((f) => f.draft?.state === 'returned').length }
  },
})
