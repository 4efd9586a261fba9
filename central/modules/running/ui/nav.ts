import { may } from '@kiosk/kit/who'
import { fleet, permission } from './api'

/** The pages of running that this person may see. */
export const nav = () => [
  ...(may(permission.read)
    ? [
        { to: '/running', label: '健康' },
        { to: '/running/inspections', label: '巡检' },
        { to: '/running/availability', label: '可用率' },
        { to: '/running/backups', label: '备份' },
        { to: '/running/resources', label: '资源台账' },
      ]
    : []),
  ...(may(fleet.read) ? [{ to: '/running/certificates', label: '终端证书' }, { to: '/running/visits', label: '现场维护' }, { to: '/running/remote', label: '远程诊断' }] : []),
]
