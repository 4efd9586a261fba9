/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/admin/v1/audit'
export const permission = { read: 'audit:read', export: 'audit:export', verify: 'audit:verify' }
