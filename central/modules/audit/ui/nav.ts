export const nav = [
  { to: '/audit', label: '记录' },
  { to: '/audit/verify', label: '核验' },
  { to: '/audit/alerts', label: '告警' },
  { to: '/audit/statistics', label: '统计' },
]
