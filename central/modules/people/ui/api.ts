/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/admin/v1/people'
export const permission = {
  read: 'people:account.read',
  write: 'people:account.write',
  roles: 'people:role.read',
  grant: 'people:grant.write',
  change: 'people:role.write',
  org: 'people:org.write',
}
