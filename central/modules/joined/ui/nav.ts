import { may } from '@kiosk/kit/who'
import { permission } from './api'

/** Neighbouring pages (页内导航); only what the caller may open. */
export const nav = (bad = 0) => [
  { to: '/joined/todo', label: '全部待办' },
  { to: '/joined/track', label: '进度查询' },
  { to: '/joined/onething', label: '一件事' },
  { to: '/joined/estate', label: '不动产' },
  ...(may(permission.health) ? [{ to: '/joined/health', label: '对接状况', count: bad, bad: true }] : []),
]
