import type { Shown } from './state'

/** A terminal's certificate as the fleet shows it (终端证书). */
export interface Certificate {
  terminal: string
  place: string
  serial: string
  not_before: string
  not_after: string
  days_left: number
  state: string
  revoked_at?: string
  revoked_by?: string
  reason?: string
  last_seen_at?: string
}

/** How a certificate stands, as shape and word. */
export function certificateState(c: Pick<Certificate, 'state' | 'days_left'>): Shown {
  switch (c.state) {
    case 'valid': return { tone: 'good', word: `有效，余 ${c.days_left} 天` }
    case 'renewing': return { tone: 'open', word: '新的，等终端换上' }
    case 'expiring': return { tone: 'warn', word: `快到期，余 ${c.days_left} 天` }
    case 'expired': return { tone: 'bad', word: '过期了' }
    case 'revoked': return { tone: 'none', word: '已吊销' }
    default: return { tone: 'none', word: '换下的' }
  }
}

/** The sentence above the list. */
export function certificateAnswer(rows: Pick<Certificate, 'state'>[]): string {
  const n = (s: string) => rows.filter((r) => r.state === s).length
  const parts = [n('expired') && `${n('expired')} 张过期了`, n('expiring') && `${n('expiring')} 张快到期`, n('revoked') && `${n('revoked')} 张已吊销`].filter(Boolean)
  return `${n('valid')} 张证书有效${parts.length ? '，' + parts.join('，') : ''}`
}
