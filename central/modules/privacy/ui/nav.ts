import { may } from '@kiosk/kit/who'
import { permission } from './api'

export const nav = () => [
  { to: '/privacy', label: '登记' },
  ...(may(permission.request) ? [{ to: '/privacy/requests', label: '本人请求' }] : []),
  { to: '/privacy/retention', label: '留存期限' },
  { to: '/privacy/keys', label: '密钥' },
]
