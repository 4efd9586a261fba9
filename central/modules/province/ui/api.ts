/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/staff/v1/province'
export const permission = { read: 'province:exchange.read', operate: 'province:exchange.operate', open: 'province:payload.open', library: 'province:library.use', finding: 'province:finding.read', seen: 'province:finding.handle' }
