/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/admin/v1/running'
export const permission = { read: 'running:read', inspect: 'running:inspect', plan: 'running:plan', resource: 'running:resource.write', incident: 'running:incident.write', backup: 'running:backup.make' }

/** The fleet's operations on certificates (终端证书). */
export const certificates = '/api/admin/v1/fleet/certificates'
export const fleet = { read: 'fleet:terminal.read', revoke: 'fleet:terminal.revoke', service: 'fleet:terminal.service', remote: 'fleet:terminal.diagnose' }

/** The fleet's operations for field technicians (现场维护). */
export const visits = '/api/admin/v1/fleet/diagnoses'
export const terminals = '/api/admin/v1/fleet/terminals'

/** The fleet's remote diagnoses (远程诊断). */
export const remotes = '/api/admin/v1/fleet/remote'
