/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/staff/v1/statistics'
export const permission = { read: 'statistics:board.read', export: 'statistics:board.export', serve: 'statistics:service.write' }
