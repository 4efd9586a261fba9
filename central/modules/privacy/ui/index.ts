import { ask } from '@kiosk/kit/api'
import { defineModule, type Attention } from '@kiosk/kit/module'
import { api, permission } from './api'
import type { Keys, Requests } from './types'
import { open } from './words'

const requests = () => ask<Requests>(`${api}/requests?size=100`)

// Pages of personal-data protection (个人信息保护).
export default defineModule({
  name: 'privacy',
  console: 'admin',
  order: 30,
  rail: [{ path: '/privacy', label: '隐私', icon: 'lock', permission: permission.read }],
  pages: [
    { path: '/privacy', component: () => import('./pages/RegisterPage.vue'), permission: permission.read },
    { path: '/privacy/requests', component: () => import('./pages/RequestsPage.vue'), permission: permission.request },
    { path: '/privacy/retention', component: () => import('./pages/RetentionPage.vue'), permission: permission.read },
    { path: '/privacy/keys', component: () => import('./pages/KeysPage.vue'), permission: permission.read },
  ],
  async attention(may) {
    const out: Attention[] = []
    if (may(permission.request)) {
      const waiting = open(await requests())
      const late = waiting.filter((r) => r.days_left < 0)
      const near = waiting.filter((r) => r.days_left >= 0 && r.days_left <= 3)
      if (late.length) out.push({ level: 'bad', title: `${late.length} 件本人请求超了时限`, text: `${late[0]!.no} 超了 ${-late[0]!.days_left} 日。先告诉本人，再办。`, to: '/privacy/requests?at=' + late[0]!.id, act: '去办' })
      if (near.length) out.push({ level: 'todo', title: `${near.length} 件本人请求 3 日内到期`, text: '查阅、复制、更正、删除的请求，到期前要答复本人。', to: '/privacy/requests?at=' + near[0]!.id, act: '去办' })
    }
    if (may(permission.keys)) {
      const keys = await ask<Keys>(`${api}/keys`)
      const damaged = keys.classes.filter((c) => c.reseal.damaged)
      if (damaged.length) out.push({ level: 'bad', title: `${damaged.map((c) => c.title).join('、')}有读不出的数据`, text: '可能被改过，或密钥不对。不要删，先查审计和备份。', to: '/privacy/keys', act: '看是哪些' })
    }
    return out
  },
})
