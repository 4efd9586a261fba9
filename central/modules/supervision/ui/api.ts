/** Where the module answers, and what its operations ask for (接口与权限). */
export const api = '/api/staff/v1/supervision'
export const permission = { watch: 'supervision:case.watch', cards: 'supervision:card.read', reply: 'supervision:card.reply', review: 'supervision:card.review', rules: 'supervision:rule.read', setting: 'supervision:rule.write' }
