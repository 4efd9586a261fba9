import { may } from '@kiosk/kit/who'

/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/staff/v1/issuing'
export const permission = {
  read: 'issuing:record.read',
  issue: 'issuing:record.issue',
  rated: 'issuing:rating.read',
  handle: 'issuing:rating.handle',
  review: 'issuing:rating.review',
  files: 'issuing:archive.read',
  file: 'issuing:archive.make',
}

/** Neighbours (页内导航); only what the caller may open. */
export const nav = () =>
  [
    { to: '/issuing', label: '发证', permission: permission.read },
    { to: '/issuing/ratings', label: '评价', permission: permission.rated },
    { to: '/issuing/archives', label: '归档', permission: permission.files },
  ].filter((e) => may(e.permission))
