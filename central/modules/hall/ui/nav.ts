import { may } from '@kiosk/kit/who'
import { permission } from './api'

/** Neighbours of the hall (页内导航); only what the caller may open. */
export const nav = () => [
  { to: '/hall', label: '此刻' },
  ...(may(permission.read) ? [{ to: '/hall/check', label: '配置校验' }, { to: '/hall/config', label: '配置' }] : []),
]
