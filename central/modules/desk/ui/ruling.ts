import type { Case } from '../../window/ui/viewer'
import type { Count, Detail, Folder, Paper } from './types'

/** What the right pane is about to do (办理方式). */
export type Mode = 'grant' | 'deny' | 'forward' | 'reply' | 'ask' | 'pause' | 'resume' | 'extend' | 'refuse'

export const verbs: Record<Mode, string> = {
  grant: '准予', deny: '不予许可', forward: '转报', reply: '登记批复', ask: '问意见', pause: '停表', resume: '恢复计时', extend: '延期', refuse: '退回窗口',
}

/** The procedures that the law does not count, 行政许可法第四十五条, and nothing wider. */
export const procedures: [code: string, word: string][] = [
  ['testing', '检测'], ['inspection', '检验'], ['quarantine', '检疫'], ['appraisal', '鉴定'], ['expert_review', '专家评审'], ['hearing', '听证'], ['tender', '招标'], ['auction', '拍卖'],
]

export interface Draft {
  reason: string
  code: string
  days: number
  approver: string
  to: string
  department: string
  person: string
  facts: Record<string, string>
}
export const newDraft = (): Draft => ({ reason: '', code: 'testing', days: 5, approver: '', to: '', department: '', person: '', facts: {} })

/** What is open for this task now: what its own life and the case's life both allow. */
export function modes(t: Detail, c?: Case): Mode[] {
  const has = (act: string) => t.acts.includes(act)
  const can = (act: string) => !!c?.acts.includes(act)
  const out: Mode[] = []
  if (has('decide') && can('grant')) out.push('grant')
  if (has('decide') && can('deny')) out.push('deny')
  if (has('forward')) out.push('forward')
  if (has('reply')) out.push('reply')
  if (has('ask')) out.push('ask')
  if (has('pause') && can('pause')) out.push('pause')
  if (has('resume') && can('resume')) out.push('resume')
  if (has('extend') && can('extend')) out.push('extend')
  return out
}

const long = (s: string, n: number) => [...s.trim()].length >= n

/** What is still missing before the key may be pressed; "" when nothing. */
export function missing(mode: Mode, d: Draft, c?: Case, left = 0): string {
  if ((mode === 'grant' || mode === 'deny') && left > 0) return `还有 ${left} 个审查要点没有复核，逐条看过再决定`
  if (mode === 'grant') return (c?.item_facts.proof ?? []).some((l) => !d.facts[l]?.trim()) ? '照业务系统把证明的内容填全' : ''
  if (mode === 'deny' && !long(d.reason, 8)) return '写明不予许可的理由，至少 8 个字，申请人看得到'
  if (mode === 'forward' && !long(d.to, 2)) return '写明转报到哪个机关'
  if (mode === 'ask' && !d.department) return '选要征询的部门'
  if (mode === 'extend' && !d.approver) return '选批准延期的负责人'
  if (mode === 'extend' && !long(d.reason, 8)) return '写明延期的理由，至少 8 个字，要告诉申请人'
  if (mode === 'pause' && !long(d.reason, 8)) return '写明做什么、谁来做，至少 8 个字，要告诉申请人'
  if (['forward', 'reply', 'ask', 'refuse'].includes(mode) && !long(d.reason, 4)) return '写清楚，至少 4 个字'
  return ''
}

/** Before an act with legal effect: what is printed, sent, started, stopped (按下之后). */
export function consequences(mode: Mode, d: Draft): [what: string, text: string][] {
  switch (mode) {
    case 'grant': return [['将出文书', '准予决定文书，带编号和核验码'], ['时钟', '提交后停，送达另计 10 工作日'], ['接着', '窗口发证，申请人收到通知']]
    case 'deny': return [['将出文书', '不予许可决定书，写理由和救济途径'], ['时钟', '提交后停'], ['接着', '窗口送达']]
    case 'pause': return [['将出文书', '特别程序告知书，写明要多少时间'], ['时钟', `从今天起停表，最多 ${d.days} 工作日，到期自己恢复`], ['依据', '行政许可法第四十五条']]
    case 'resume': return [['将出文书', '恢复计时告知书'], ['时钟', '下一工作日起接着计']]
    case 'extend': return [['将出文书', '延期告知书'], ['时钟', `期限加 ${d.days} 工作日，只能延一次`], ['依据', '行政许可法第四十二条']]
    case 'ask': return [['时钟', '照常计时'], ['在答复前', '不能作决定；逾期可以收回']]
    case 'forward': return [['时钟', '照常计时'], ['接着', '收到批复后登记，再作决定']]
    case 'reply': return [['接着', '回到审查，可以作决定']]
    case 'refuse': return [['接着', '任务和材料袋回窗口，窗口改好再送'], ['时钟', '办件的时限照常计']]
  }
}

/** Where an act is sent, with its body. */
export function bodyOf(mode: Mode, t: Detail, d: Draft): { path: string; body: Record<string, unknown> } {
  const at = `/tasks/${t.no}`
  const version = t.version
  switch (mode) {
    case 'forward': return { path: at + '/forward', body: { version, to: d.to.trim(), reason: d.reason.trim() } }
    case 'reply': return { path: at + '/reply', body: { version, text: d.reason.trim() } }
    case 'refuse': return { path: at + '/refuse', body: { version, reason: d.reason.trim() } }
    case 'ask': return { path: at + '/opinions', body: { version, department: d.department, person: d.person || undefined, question: d.reason.trim(), days: d.days } }
    default: {
      const body: Record<string, unknown> = { act: mode, version, case_version: t.case_version }
      if (d.reason.trim()) body.reason = d.reason.trim()
      if (mode === 'pause') Object.assign(body, { reason_code: d.code, days: d.days })
      if (mode === 'extend') Object.assign(body, { approver: d.approver, days: d.days })
      if (mode === 'grant') body.facts = Object.entries(d.facts).map(([label, value]) => ({ label, value }))
      return { path: at + '/decide', body }
    }
  }
}

/** What is still to be counted in a folder. */
export const counted = (f: Folder | null | undefined): Paper[] => (f?.papers ?? []).filter((p) => p.state !== 'absent')

/** The counts as they are sent: a ticked paper came whole, the others did not come. */
export const countsOf = (f: Folder | null | undefined, ticked: Set<number>): Count[] =>
  counted(f).map((p) => ({ ord: p.ord, got: ticked.has(p.ord) ? p.wanted : 0 }))

/** The code of a folder in what a scanner types: the code, or the address in its QR code. */
export const codeIn = (typed: string): string => /F\d\d-\d{4,}/i.exec(typed)?.[0].toUpperCase() ?? typed.trim().toUpperCase()
