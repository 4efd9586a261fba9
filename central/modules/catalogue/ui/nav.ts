import { may } from '@kiosk/kit/who'
import { permission } from './api'

/** Neighbours of the list of items (页内导航). */
export const nav = () => [
  { to: '/catalogue', label: '实施清单' },
  { to: '/catalogue/basic', label: '基本目录' },
  { to: '/catalogue/materials', label: '材料' },
  { to: '/catalogue/completeness', label: '完整度' },
  ...(may(permission.import) ? [{ to: '/catalogue/import', label: '导入导出' }] : []),
]
