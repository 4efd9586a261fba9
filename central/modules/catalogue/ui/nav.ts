/** Neighbours of the list of items (页内导航). */
export const nav = () => [
  { to: '/catalogue', label: '实施清单' },
  { to: '/catalogue/basic', label: '基本目录' },
  { to: '/catalogue/materials', label: '材料' },
  { to: '/catalogue/completeness', label: '完整度' },
]
