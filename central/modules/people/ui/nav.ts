import { may } from '@kiosk/kit/who'
import { permission } from './api'

/** Neighbours of the people (页内导航); only what the caller may open. */
export const nav = () => [{ to: '/people', label: '人员' }, ...(may(permission.read) ? [{ to: '/people/organisation', label: '组织、大厅、岗位' }] : [])]
