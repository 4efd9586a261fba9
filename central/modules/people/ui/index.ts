import { ask } from '@kiosk/kit/api'
import { defineModule } from '@kiosk/kit/module'
import { api, permission } from './api'
import type { People } from './types'

const people = () => ask<People>(`${api}/accounts?size=1`)

// Pages of people and roles (人员与角色).
export default defineModule({
  name: 'people',
  console: 'admin',
  order: 10,
  rail: [
    { path: '/people', label: '人员', icon: 'people', permission: permission.read },
    { path: '/people/roles', label: '角色', icon: 'shield', permission: permission.roles },
  ],
  pages: [
    { path: '/people', component: () => import('./pages/PeoplePage.vue'), permission: permission.read },
    { path: '/people/organisation', component: () => import('./pages/OrganisationPage.vue'), permission: permission.read },
    { path: '/people/new', component: () => import('./pages/PersonFormPage.vue'), permission: permission.write },
    { path: '/people/person/:id', component: () => import('./pages/PersonPage.vue'), permission: permission.read },
    { path: '/people/person/:id/edit', component: () => import('./pages/PersonFormPage.vue'), permission: permission.write },
    { path: '/people/roles', component: () => import('./pages/RolesPage.vue'), permission: permission.roles },
  ],
  async badges() {
    return { '/people': (await people()).counts.locked }
  },
  async attention(may) {
    if (!may(permission.read)) return []
    const { counts } = await people()
    const out = []
    if (counts.locked) out.push({ level: 'warn' as const, title: `${counts.locked} 个账号被锁`, text: '密码连续输错，或有人在试。先和本人核实，再解锁；来源可疑的看审计。', to: '/people?state=locked', act: '看是谁' })
    if (counts.expiring) out.push({ level: 'todo' as const, title: `${counts.expiring} 个账号快到期`, text: '到期那天就不能登录。还要用的，改有效期。', to: '/people?state=expiring', act: '看是谁' })
    if (counts.must_change) out.push({ level: 'todo' as const, title: `${counts.must_change} 人还没换首次密码`, text: '首次密码只能登录换密码，换了才能办事。', to: '/people?state=must_change', act: '看是谁' })
    return out
  },
})
