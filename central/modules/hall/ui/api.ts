/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/staff/v1/hall'
export const permission = { map: 'hall:map.read', serve: 'hall:queue.serve', direct: 'hall:queue.direct', read: 'hall:config.read', write: 'hall:config.write' }
