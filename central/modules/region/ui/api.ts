/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/staff/v1/region'
export const permission = { read: 'region:case.read', work: 'region:case.work' }
