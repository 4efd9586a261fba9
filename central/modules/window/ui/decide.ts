import { sentenceDay } from '@kiosk/kit/dates'
import type { Act, Case } from './types'

/** One line of a notice while it is written (补正事项草稿). */
export interface DraftGap {
  on: boolean
  what: string
  how: string
  ref: string
  from: string
}

export interface Draft {
  gaps: DraftGap[]
  days: number
  reason_code: string
  reason: string
  right_office: string
  note: string
}

/** What the machine found missing, ready to be worded: papers without pages and points its check failed on. */
export function gapsOf(c: Case): DraftGap[] {
  const out: DraftGap[] = []
  for (const p of c.papers) {
    if (p.deferred) out.push({ on: true, what: `${p.name}没有交`, how: `带${p.name}到窗口，或在自助机上补交`, ref: p.code, from: '申请人选了稍后补交' })
  }
  for (const p of c.points) {
    if (p.advice && !p.advice.ok) out.push({ on: true, what: p.text, how: p.advice.text, ref: p.id, from: `机器列出 ${p.advice.confidence}%` })
  }
  if (!out.length) out.push({ on: true, what: '', how: '', ref: '', from: '您补充的' })
  return out
}

/** What the key will do, in the order in which it matters. */
export function consequences(c: Case, act: Act, d: Draft): { what: string; text: string }[] {
  const told = c.person.phone_masked ? `自助机、手机页能看到；电话 ${c.person.phone_masked}` : '自助机、手机页能看到'
  switch (act) {
    case 'accept':
      return [
        { what: '时钟', text: `开始。今天不计，${c.clock.if_today || '见左边通知书'}` },
        { what: '文书', text: '受理通知书，编号现取，带验证码' },
        { what: '告诉他', text: told },
      ]
    case 'grant':
      return [
        { what: '时钟', text: c.clock.running ? '停止' : '当场办结，不用计时' },
        { what: '文书', text: c.item_facts.result + '，带验证码' },
        { what: '领取', text: c.item_facts.how },
        { what: '告诉他', text: told },
      ]
    case 'notice':
      return [
        { what: '文书', text: `一次性告知书，列 ${d.gaps.filter((g) => g.on).length} 项` },
        { what: '时钟', text: `不开始；他的补正期 ${d.days} 个工作日` },
        { what: '告诉他', text: told },
        { what: '以后', text: '再要材料就是第 2 次，要负责人批准并记黄牌' },
      ]
    default:
      return [
        { what: '文书', text: '不予受理通知书，写明理由、复议和诉讼途径' },
        { what: '时钟', text: c.clock.promise_due ? `停止，${sentenceDay(c.clock.promise_due)}作废` : '没有开始' },
        { what: '告诉他', text: told },
      ]
  }
}
