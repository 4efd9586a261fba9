import type { FormRow } from '../types'

// One word per state of a form (表单状态).
export type StateName = 'published' | 'editing' | 'submitted' | 'returned'
export interface State { name: StateName; word: string; tone: '' | 'good' | 'warn'; mark: 'good' | 'warn' | 'open' | 'none' }

export function stateOf(f: Pick<FormRow, 'draft' | 'version'>): State {
  switch (f.draft?.state) {
    case 'submitted': return { name: 'submitted', word: '等发布', tone: 'warn', mark: 'open' }
    case 'returned': return { name: 'returned', word: '退回修改', tone: 'warn', mark: 'warn' }
    case 'editing': return { name: 'editing', word: f.version ? '在用，正在改' : '正在改', tone: '', mark: 'none' }
    default: return { name: 'published', word: '在用', tone: 'good', mark: 'good' }
  }
}
