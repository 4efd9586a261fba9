export const nav = [
  { to: '/running', label: '健康' },
  { to: '/running/inspections', label: '巡检' },
  { to: '/running/availability', label: '可用率' },
  { to: '/running/backups', label: '备份' },
  { to: '/running/resources', label: '资源台账' },
]
