import { may } from '@kiosk/kit/who'
import { permission } from './api'

/** Neighbours of the letters (页内导航); only what the caller may open. */
export const nav = () => [
  { to: '/messages', label: '站内信' },
  ...(may(permission.texts) ? [{ to: '/messages/texts', label: '短信去向' }] : []),
  ...(may(permission.scenes) ? [{ to: '/messages/scenes', label: '场景' }] : []),
]
