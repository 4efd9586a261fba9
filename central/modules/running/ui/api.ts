/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/admin/v1/running'
export const permission = { read: 'running:read', inspect: 'running:inspect', plan: 'running:plan', resource: 'running:resource.write', incident: 'running:incident.write', backup: 'running:backup.make' }
