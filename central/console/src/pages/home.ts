import type { Attention } from '@kiosk/kit/module'

const rank = { bad: 0, warn: 1, todo: 2 }

/** The worst first; what came first stays first among equals. */
export const order = (found: Attention[]): Attention[] => [...found].sort((a, b) => rank[a.level] - rank[b.level])

/** The sentence above the list: the worst thing by name, the others by number. */
export function headline(found: Attention[]): string {
  const first = found[0]
  if (!first) return '今天没有要您处理的事'
  if (found.length === 1) return first.title
  return first.level === 'bad' ? `${first.title}，另有 ${found.length - 1} 件要看` : `今天有 ${found.length} 件事要看`
}
