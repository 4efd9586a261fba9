/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/staff/v1/catalogue'
export const permission = {
  read: 'catalogue:item.read',
  edit: 'catalogue:item.edit',
  review: 'catalogue:item.review',
  publish: 'catalogue:item.publish',
  import: 'catalogue:item.publish',
}
