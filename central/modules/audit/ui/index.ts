import { ask } from '@kiosk/kit/api'
import { defineModule, type Attention } from '@kiosk/kit/module'
import { api, permission } from './api'
import type { Alert, Chain } from './types'

// Pages of the audit (审计).
export default defineModule({
  name: 'audit',
  console: 'admin',
  order: 20,
  rail: [{ path: '/audit', label: '审计', icon: 'chain', permission: permission.read }],
  pages: [
    { path: '/audit', component: () => import('./pages/RecordsPage.vue'), permission: permission.read },
    { path: '/audit/verify', component: () => import('./pages/VerifyPage.vue'), permission: permission.verify },
    { path: '/audit/alerts', component: () => import('./pages/AlertsPage.vue'), permission: permission.read },
    { path: '/audit/statistics', component: () => import('./pages/StatisticsPage.vue'), permission: permission.read },
  ],
  async attention(may) {
    if (!may(permission.verify)) return []
    const [chain, alerts] = await Promise.all([ask<Chain>(`${api}/chain`), ask<{ rows: Alert[] }>(`${api}/alerts`)])
    const out: Attention[] = []
    // a broken chain and a lost sink are told by their own sentences below
    const others = alerts.rows.filter((a) => !a.closed_at && a.kind !== 'broken' && a.kind !== 'unreachable')
    if (others.length) out.push({ level: 'warn', title: others.length > 1 ? `${others.length} 条审计告警` : others[0]!.title, text: others[0]!.text, to: '/audit/alerts', act: '去处理' })
    if (chain.last && !chain.last.ok) out.push({ level: 'bad', title: `记录链断在第 ${chain.last.bad_seq} 条`, text: `${chain.last.problem_text} 之前的记录可信。不要动数据库，先看断在哪里。`, to: '/audit/verify', act: '看断在哪里' })
    if (!chain.last) out.push({ level: 'todo', title: '审计还没有核验过', text: '核验一次，才知道记录是不是都在。', to: '/audit/verify', act: '去核验' })
    if (!chain.sink.ok) out.push({ level: 'warn', title: '封条送不到另一处', text: `${chain.sink.last_error || '存放处连不上'}。记录照写，末尾被截掉时可能发现得晚。`, to: '/audit/verify', act: '看封条' })
    return out
  },
})
