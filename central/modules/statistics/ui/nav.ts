export const nav = () => [
  { to: '/statistics', label: '指标' },
  { to: '/statistics/windows', label: '窗口的一天' },
  { to: '/statistics/services', label: '数据服务' },
]
