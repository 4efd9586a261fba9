import { ask } from '@kiosk/kit/api'
import { defineModule } from '@kiosk/kit/module'
import { may } from '@kiosk/kit/who'
import { follow, unfollow } from './live'
import { api, type Board, type Shelf } from './types'

const permission = { read: 'desk:task.read', answer: 'desk:opinion.answer', custody: 'desk:custody.read', rules: 'desk:rule.read' }

// Pages of the department's desk (部门审批).
export default defineModule({
  name: 'desk',
  order: 20,
  title: '部门审批',
  rail: [
    { path: '/desk', label: '审批', icon: 'pen', permission: permission.read },
    { path: '/desk/opinions', label: '意见', icon: 'people', permission: permission.answer },
    { path: '/desk/folders', label: '交接', icon: 'box', permission: permission.custody },
    { path: '/desk/rules', label: '签收', icon: 'items', permission: permission.rules },
  ],
  pages: [
    { path: '/desk', component: () => import('./pages/DeskPage.vue'), permission: permission.read },
    { path: '/desk/opinions', component: () => import('./pages/OpinionsPage.vue'), permission: permission.answer },
    { path: '/desk/folders', component: () => import('./pages/FoldersPage.vue'), permission: permission.custody },
    { path: '/desk/rules', component: () => import('./pages/RulesPage.vue'), permission: permission.rules },
  ],
  start: () => may(permission.custody) && follow(),
  stop: unfollow,
  async badges() {
    const out: Record<string, number> = {}
    if (may(permission.read)) {
      const { counts } = await ask<Board>(`${api}/tasks?tab=sign&size=1`)
      out['/desk'] = counts.sign + counts.mine
      out['/desk/opinions'] = counts.opinions
    } else if (may(permission.custody)) {
      const s = await ask<Shelf>(`${api}/folders`)
      out['/desk/folders'] = s.to_send.length + s.returned.length + s.missing.length
    }
    return out
  },
})
