import { may } from '@kiosk/kit/who'
import { permission } from './api'

/** Neighbours of the cards (页内导航); only what the caller may open. */
export const nav = () => [
  { to: '/supervision', label: '督办牌' },
  ...(may(permission.watch) ? [{ to: '/supervision/monitor', label: '实时监测' }] : []),
  ...(may(permission.rules) ? [{ to: '/supervision/rules', label: '规则' }] : []),
]
