export const nav = [
  { to: '/services', label: '对接系统' },
  { to: '/services/consumers', label: '使用方' },
]
