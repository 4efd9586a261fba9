/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/admin/v1/services'
export const systems = '/api/admin/v1/sso/clients'
export const permission = { systems: 'sso:client.read', system: 'sso:client.manage', read: 'services:service.read', write: 'services:service.write', switch: 'services:service.switch', consumer: 'services:consumer.read', grant: 'services:consumer.write' }
