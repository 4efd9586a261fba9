import { ask } from '@kiosk/kit/api'
import { defineModule, type Attention } from '@kiosk/kit/module'
import { api, certificates, fleet, permission } from './api'
import { certificateState, type Certificate } from './certificates'
import type { Backups, Health, Inspections } from './types'

const page = (path: string, component: () => Promise<{ default: object }>) => ({ path, component, permission: permission.read })

// Pages of running the centre (运行管理).
export default defineModule({
  name: 'running',
  console: 'admin',
  order: 50,
  rail: [
    { path: '/running', label: '运行', icon: 'pulse', permission: permission.read },
    { path: '/running/certificates', label: '证书', icon: 'shield', permission: fleet.read },
    { path: '/running/visits', label: '维护', icon: 'desk', permission: fleet.read },
  ],
  pages: [
    page('/running', () => import('./pages/HealthPage.vue')),
    page('/running/inspections', () => import('./pages/InspectionsPage.vue')),
    page('/running/availability', () => import('./pages/AvailabilityPage.vue')),
    page('/running/backups', () => import('./pages/BackupsPage.vue')),
    page('/running/resources', () => import('./pages/ResourcesPage.vue')),
    { path: '/running/certificates', component: () => import('./pages/CertificatesPage.vue'), permission: fleet.read },
    { path: '/running/visits', component: () => import('./pages/VisitsPage.vue'), permission: fleet.read },
    { path: '/running/remote', component: () => import('./pages/RemotePage.vue'), permission: fleet.read },
  ],
  async attention(may) {
    const out: Attention[] = []
    if (may(fleet.read)) {
      const ending = (await ask<{ rows: Certificate[] }>(certificates)).rows.filter((c) => c.state === 'expiring' || c.state === 'expired')
      if (ending.length) out.push({ level: 'warn', title: `${ending.length} 台终端的证书快到期或已过期`, text: `${ending[0]!.terminal} ${certificateState(ending[0]!).word}。过期的终端连不上，件送不出来。`, to: '/running/certificates', act: '去换' })
    }
    if (!may(permission.read)) return out
    const [health, inspections, backups] = await Promise.all([ask<Health>(`${api}/health`), ask<Inspections>(`${api}/inspections`), ask<Backups>(`${api}/backups`)])
    for (const c of health.components) {
      if (c.state === 'bad' || c.state === 'warn') out.push({ level: c.state, title: c.title + (c.state === 'bad' ? '坏了' : '要留意'), text: c.text, to: '/running', act: '去看' })
    }
    const ill = health.terminals.ill.length
    if (ill) out.push({ level: 'warn', title: `${ill} 台终端不正常`, text: health.terminals.ill.slice(0, 3).map((t) => `${t.title}：${t.text}`).join('；'), to: '/running', act: '看是哪几台' })
    const ready = inspections.rows.filter((i) => i.state === 'ready')
    const missed = inspections.rows.filter((i) => i.state === 'missed')
    if (missed.length) out.push({ level: 'warn', title: `漏了 ${missed.length} 次巡检`, text: '合同要求每月一次。现在补做，会记成逾期后补做。', to: '/running/inspections?at=' + missed[0]!.id, act: '去补做' })
    if (ready.length) out.push({ level: 'todo', title: `${ready.length} 份巡检报告等签字`, text: '系统已经检查完，看过报告后签上名字。', to: '/running/inspections?at=' + ready[0]!.id, act: '去签字' })
    if (backups.configured && !backups.last_ok_at) out.push({ level: 'warn', title: '还没有一份成功的备份', text: '现在备一份，再看存放的地方通不通。', to: '/running/backups', act: '去备份' })
    return out
  },
})
