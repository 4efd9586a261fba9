/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/staff/v1/messages'
export const permission = { letters: 'messages:letter.read', texts: 'messages:text.read', follow: 'messages:text.follow', scenes: 'messages:scene.read', setting: 'messages:scene.write' }
