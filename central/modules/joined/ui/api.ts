/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/staff/v1/joined'
export const permission = { track: 'joined:track.read', bundle: 'joined:bundle.write', health: 'joined:health.read', try: 'joined:health.try' }
