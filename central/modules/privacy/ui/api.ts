/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/admin/v1/privacy'
export const permission = { read: 'privacy:read', request: 'privacy:request', export: 'privacy:export', keys: 'privacy:keys', retention: 'privacy:retention', label: 'privacy:label' }
