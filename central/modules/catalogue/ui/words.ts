// How limits are said (时限的说法). Code lists come with the element table; only what has no list is here.

const units: Record<string, string> = { working: '工作日', natural: '自然日' }

/** 7 个工作日, 60 个自然日, 当场 */
export const limit = (l: { days: number; unit: string } | undefined, immediate = false) => (!l ? '—' : l.days === 0 && immediate ? '当场' : `${l.days} 个${units[l.unit] ?? '日'}`)
