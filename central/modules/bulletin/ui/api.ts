/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/staff/v1/bulletin'
export const permission = { read: 'bulletin:entry.read', write: 'bulletin:entry.write' }
