/** The five cells of a short message's way (五格). */
export const cells = ['排队', '交网关', '网关收下', '到手机', '有着落']

/** How a short message stands, in words (状态). */
export function stateOf(t: { state: string; note: string; attempts: number; followed: string }): { word: string; tone: 'good' | 'warn' | 'bad' | '' } {
  if (t.followed) return { word: '已另外告诉', tone: 'good' }
  switch (t.state) {
    case 'delivered': return { word: '到手机', tone: 'good' }
    case 'sent': return { word: '网关收下，等回执', tone: '' }
    case 'queued': return t.attempts ? { word: `没交出去，试了 ${t.attempts} 次`, tone: 'warn' } : { word: '排队', tone: '' }
    default: return { word: t.note || '没到', tone: 'bad' }
  }
}

/** What to do now with one that did not arrive, "" when nothing (现在做). */
export const todo = (t: { failed: boolean; followed: string }) => (t.failed && !t.followed ? '换办法告诉' : '')
