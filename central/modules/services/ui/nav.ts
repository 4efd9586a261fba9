import { may } from '@kiosk/kit/who'
import { permission } from './api'

/** Neighbours of the services (页内导航); only what the caller may open. */
export const nav = () => [
  { to: '/services', label: '对接系统' },
  ...(may(permission.consumer) ? [{ to: '/services/consumers', label: '使用方' }] : []),
  ...(may(permission.systems) ? [{ to: '/services/systems', label: '统一登录' }] : []),
]
