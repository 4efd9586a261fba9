import { may } from '@kiosk/kit/who'
import { permission } from './api'

/** Neighbours of the exchange (页内导航); only what the caller may open. */
export const nav = (n: { open?: number; person?: number; tray?: number } = {}) => [
  ...(may(permission.read)
    ? [
        { to: '/province', label: '对账', count: n.open, bad: true },
        { to: '/province/messages', label: '报文', count: n.person, bad: true },
        { to: '/province/returns', label: '回流', count: n.tray },
        { to: '/province/systems', label: '系统与规则' },
      ]
    : []),
  ...(may(permission.finding) ? [{ to: '/province/sync', label: '省里的数据' }] : []),
]
