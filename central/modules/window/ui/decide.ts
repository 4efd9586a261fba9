import type { FieldProblem } from '@kiosk/kit/api'
import { sentenceDay } from '@kiosk/kit/dates'
import type { Act, Case } from './types'

/** One line of a notice while it is written (补正事项草稿). */
export interface DraftGap {
  on: boolean
  what: string
  how: string
  ref: string
  from: string
  /** Percent, when the machine listed it. */
  confidence?: number
}

/** What the clerk writes before an act (办理草稿). It stays when the act is refused, and when somebody else was faster. */
export interface Draft {
  gaps: DraftGap[]
  days: number
  reason_code: string
  reason: string
  right_office: string
  facts: { label: string; value: string }[]
  /** Papers that came (补正、补交). */
  came: string[]
  procedure: string
  approver: string
  note: string
}

export const titles: Record<Act, string> = {
  accept: '受理，并出通知书', tolerate: '容缺受理，并签承诺', grant: '办结，并出文书', notice: '一次性告知', renotice: '第 2 次告知', supplement: '收下补正材料', supply: '收下补交材料', refuse: '不予受理',
  deny: '不予许可', pause: '停表：特别程序', resume: '恢复计时', extend: '延长办理期限', withdraw: '申请人撤件', lapse: '终止办理',
}
export const verbs: Record<Act, string> = {
  accept: '受理', tolerate: '容缺受理', grant: '办结', notice: '发出一次性告知', renotice: '发出第 2 次告知', supplement: '收下，重新答复', supply: '收下', refuse: '不予受理',
  deny: '不予许可', pause: '停表', resume: '恢复计时', extend: '延期', withdraw: '撤件', lapse: '终止',
}

/** What each act needs of the one who does it. */
export const permissionOf: Record<Act, string> = {
  accept: 'window:case.accept', tolerate: 'window:case.accept', notice: 'window:case.notice', refuse: 'window:case.refuse', grant: 'window:case.grant', renotice: 'window:case.renotice',
  supplement: 'window:case.register', supply: 'window:case.register', deny: 'window:case.decide', pause: 'window:case.decide', resume: 'window:case.decide', extend: 'window:case.decide',
  withdraw: 'window:case.withdraw', lapse: 'window:case.withdraw',
}

/** Procedures that the law does not count (行政许可法第四十五条); nothing else stops the clock. */
export const procedures = [
  { value: 'hearing', label: '听证' }, { value: 'tender', label: '招标' }, { value: 'auction', label: '拍卖' }, { value: 'inspection', label: '检验' },
  { value: 'testing', label: '检测' }, { value: 'quarantine', label: '检疫' }, { value: 'appraisal', label: '鉴定' }, { value: 'expert_review', label: '专家评审' },
]

/** Acts in the order in which they are offered; the first that is lawful now is the primary one. */
const order: Act[] = ['supplement', 'supply', 'grant', 'accept', 'tolerate', 'resume', 'notice', 'renotice', 'refuse', 'deny', 'pause', 'extend', 'withdraw', 'lapse']
export const offered = (c: Case, may: (permission: string) => boolean): Act[] => order.filter((a) => c.acts.includes(a) && may(permissionOf[a]))

/** Papers that are waited for and not there yet. */
export const awaited = (c: Case) => c.awaited.filter((a) => !a.came)

export const newDraft = (c: Case, act: Act = 'notice'): Draft => ({
  gaps: act === 'tolerate' ? deferredOf(c) : gapsOf(c),
  days: act === 'tolerate' ? Math.max(0, ...c.papers.filter((p) => p.deferred).map((p) => p.defer_days)) || 10 : act === 'extend' ? 10 : act === 'pause' ? 5 : 10,
  reason_code: '',
  reason: '',
  right_office: '',
  facts: c.item_facts.proof.map((label) => ({ label, value: '' })),
  came: awaited(c).filter((a) => c.papers.some((p) => p.code === a.code && p.pages.length)).map((a) => a.code),
  procedure: '',
  approver: '',
  note: '',
})

/** Papers that may come later, as the promise names them. */
export const deferredOf = (c: Case): DraftGap[] => c.papers.filter((p) => p.deferred && p.defer_days > 0).map((p) => ({ on: true, what: `${p.name}没有带`, how: `补交${p.name}，到窗口、邮寄或在手机上传都可以`, ref: p.code, from: '申请人自愿承诺补交' }))

/** What the machine found missing, ready to be worded: papers left for later and points its check failed on. */
export function gapsOf(c: Case): DraftGap[] {
  const out: DraftGap[] = []
  for (const p of c.papers) {
    if (p.deferred) out.push({ on: true, what: '没有交', how: `带${p.name}到窗口，或在自助机上补交`, ref: p.code, from: '申请人选了稍后补交' })
  }
  for (const p of c.points) {
    if (p.advice && !p.advice.ok) out.push({ on: true, what: `${p.text}：${p.advice.text}`, how: '', ref: aboutOf(p), from: '机器列出', confidence: p.advice.confidence })
  }
  if (!out.length) out.push({ on: true, what: '', how: '', ref: '', from: '您补充的' })
  return out
}

/** Which paper a point is about, as a gap names it. */
const aboutOf = (p: Case['points'][number]) => (p.on === 'material' ? p.ref : p.on === 'condition' ? '' : 'form')

/** What a gap can be about: the form, each paper, or something else that the clerk words (哪一项). */
export const abouts = (c: Case): { ref: string; name: string }[] => [...c.papers.filter((p) => p.need !== 'exempt').map((p) => ({ ref: p.code, name: p.name })), { ref: 'form', name: '申请表' }, { ref: '', name: '别的，写在下面' }]

/** The body of the call, from what was written. */
export function bodyOf(c: Case, act: Act, d: Draft): Record<string, unknown> {
  const b: Record<string, unknown> = { version: c.version, note: d.note.trim() }
  switch (act) {
    case 'notice':
      return { ...b, gaps: d.gaps.filter((g) => g.on).map(({ what, how, ref }) => ({ what: what.trim(), how: how.trim(), ref })), days: d.days }
    case 'tolerate':
      return { ...b, gaps: d.gaps.filter((g) => g.on).map(({ what, how, ref }) => ({ what: what.trim(), how: how.trim(), ref })), days: d.days }
    case 'renotice':
      return { ...b, gaps: d.gaps.filter((g) => g.on).map(({ what, how, ref }) => ({ what: what.trim(), how: how.trim(), ref })), days: d.days, reason: d.reason.trim(), approver: d.approver }
    case 'supplement':
    case 'supply':
      return { ...b, materials: d.came }
    case 'pause':
      return { ...b, procedure: d.procedure, days: d.days, reason: d.reason.trim() }
    case 'extend':
      return { ...b, days: d.days, reason: d.reason.trim(), approver: d.approver }
    case 'deny':
    case 'withdraw':
    case 'lapse':
      return { ...b, reason: d.reason.trim() }
    case 'refuse':
      return { ...b, reason_code: d.reason_code, reason: d.reason.trim(), ...(d.reason_code === 'not_ours' ? { right_office: d.right_office.trim() } : {}) }
    case 'grant':
      return d.facts.length ? { ...b, facts: d.facts.map((f) => ({ label: f.label, value: f.value.trim() })) } : b
    default:
      return b
  }
}

const enough = 8

/** What is still missing before the key may be pressed, said at the field. The centre applies the same rules again. */
export function missing(act: Act, d: Draft): FieldProblem[] {
  const out: FieldProblem[] = []
  const want = (ok: boolean, path: string, message: string) => ok || out.push({ path, message })
  if (act === 'notice' || act === 'renotice' || act === 'tolerate') {
    want(d.gaps.some((g) => g.on), 'gaps', '至少列一项要补的，一次说全')
    d.gaps.forEach((g, i) => {
      if (!g.on) return
      want(g.what.trim().length >= 2, `gaps[${i}].what`, `第 ${i + 1} 项：写缺什么、哪里不对`)
      want(g.how.trim().length >= 2, `gaps[${i}].how`, `第 ${i + 1} 项：写怎么补，他照着做就能补齐`)
    })
    want(Number.isInteger(d.days) && d.days >= 1 && d.days <= 30, 'days', `${act === 'tolerate' ? '补交' : '补正'}期限填 1–30 个工作日`)
  }
  const least = { renotice: enough, extend: enough, deny: enough, pause: 4, withdraw: 4, lapse: 4 }[act as string]
  if (least) {
    const n = [...d.reason.trim()].length
    want(n >= least, 'reason', n ? `至少 ${least} 个字，还差 ${least - n} 个` : '写明原因，会印在文书上')
  }
  if (act === 'renotice' || act === 'extend') want(!!d.approver, 'approver', '选批准的人，不能是自己')
  if (act === 'pause') {
    want(!!d.procedure, 'procedure', '选许可法第四十五条里的一种程序')
    want(Number.isInteger(d.days) && d.days >= 1 && d.days <= 60, 'days', '需要的天数填 1–60 个工作日')
  }
  if (act === 'extend') want(Number.isInteger(d.days) && d.days >= 1 && d.days <= 15, 'days', '延期填 1–15 个工作日')
  if (act === 'supply') want(d.came.length > 0, 'came', '勾上他带来的材料')
  if (act === 'refuse') {
    const n = [...d.reason.trim()].length
    want(!!d.reason_code, 'reason_code', '选一种不予受理的情形')
    want(n >= enough, 'reason', n ? `理由至少 ${enough} 个字，还差 ${enough - n} 个` : '写明理由，让申请人看得懂')
    want(d.reason_code !== 'not_ours' || d.right_office.trim().length > 1, 'right_office', '写明应当去哪个机关办')
  }
  if (act === 'grant') d.facts.forEach((f, i) => want(!!f.value.trim(), `facts[${i}].value`, `照业务系统填写“${f.label}”`))
  return out
}

/** Paths as the centre names them, without the wrapping it adds. */
export const plainPath = (path: string) => path.replace(/^body\./, '')

export const fieldId = (path: string) => 'f-' + path.replace(/\W+/g, '-')

/** What the key will do, in the order in which it matters. */
export function consequences(c: Case, act: Act, d: Draft): { what: string; text: string }[] {
  const told = c.person.phone_masked ? `自助机、手机页马上看得到；电话 ${c.person.phone_masked}` : '自助机、手机页马上看得到'
  const n = d.gaps.filter((g) => g.on).length
  switch (act) {
    case 'accept':
      return [
        { what: '文书', text: '受理通知书，编号现取，带验证码' },
        { what: '申请人', text: told },
        { what: '以后', text: '办结才停表；要改内容须出更正' },
      ]
    case 'grant':
      return [
        { what: '时钟', text: c.clock.running ? '停止，写进台账' : '当场办结，不用计时' },
        { what: '文书', text: (c.item_facts.proof.length ? c.item_facts.result : '办结通知书') + '，编号现取，带验证码' },
        { what: '领取', text: c.item_facts.how },
        { what: '申请人', text: told },
      ]
    case 'notice':
      return [
        { what: '文书', text: `一次性告知书，列 ${n} 项，编号现取` },
        { what: '时钟', text: `不开始；他的补正期 ${d.days || '…'} 个工作日，从明天起算` },
        { what: '申请人', text: told },
        { what: '以后', text: '再要材料就是第 2 次：要写原因、负责人批准、记黄牌' },
      ]
    case 'tolerate':
      return [
        { what: '文书', text: `容缺受理通知书，附承诺书，列 ${n} 份后补材料` },
        { what: '时钟', text: '按受理开始走；补交期内不停' },
        { what: '发证', text: '补齐才发证；到期不补，终止办理，后果已写在承诺书上' },
        { what: '申请人', text: told },
      ]
    case 'renotice':
      return [
        { what: '文书', text: `第 2 次告知书，列 ${n} 项，印上为什么第 1 次没说` },
        { what: '黄牌', text: '记一张黄牌，主管和督查看得到' },
        { what: '时钟', text: '补的天数不算他的，算我们的' },
        { what: '申请人', text: told },
      ]
    case 'supplement':
      return [
        { what: '文书', text: '补正材料收件凭证' },
        { what: '时钟', text: '本机关的 5 个工作日从明天重新起算' },
        { what: '以后', text: '回到预审，再决定受理还是不受理' },
      ]
    case 'supply':
      return [
        { what: '文书', text: '补交材料收件凭证' },
        { what: '时钟', text: '不变，接着走' },
      ]
    case 'pause':
      return [
        { what: '文书', text: `特别程序告知书，写明需要 ${d.days || '…'} 个工作日` },
        { what: '时钟', text: '明天起停，到告知的天数止；多停须再告知' },
        { what: '依据', text: '行政许可法第四十五条，只有这八种程序' },
        { what: '申请人', text: told },
      ]
    case 'resume':
      return [
        { what: '文书', text: '恢复计时告知书' },
        { what: '时钟', text: '下一个工作日接着走，已停的天数写进台账' },
      ]
    case 'extend':
      return [
        { what: '文书', text: '延期告知书，写明理由' },
        { what: '时钟', text: `期限往后 ${d.days || '…'} 个工作日，只能延一次` },
        { what: '依据', text: '行政许可法第四十二条，经负责人批准' },
      ]
    case 'deny':
      return [
        { what: '文书', text: '不予行政许可决定书，写明理由、复议和诉讼途径' },
        { what: '时钟', text: '停止，写进台账' },
        { what: '申请人', text: told },
      ]
    case 'withdraw':
      return [
        { what: '文书', text: '撤件回执' },
        { what: '时钟', text: '停止；原件当面还给他' },
        { what: '以后', text: '他随时可以重新申请' },
      ]
    case 'lapse':
      return [
        { what: '文书', text: '终止办理告知书' },
        { what: '时钟', text: '停止，写进台账' },
        { what: '申请人', text: told },
      ]
    default:
      return [
        { what: '文书', text: '不予受理通知书，写明理由、复议和诉讼途径' },
        { what: '时钟', text: '没有开始，以后也不开始' },
        { what: '申请人', text: told },
      ]
  }
}

/** One line of the last look before the key (受理前最后核对). */
export interface Check {
  ok: boolean
  text: string
  note: string
}

export function lastChecks(c: Case): Check[] {
  const given = c.papers.filter((p) => p.pages.length)
  const pages = given.reduce((n, p) => n + p.pages.length, 0)
  const machine = c.points.filter((p) => p.advice && !p.advice.ok).length
  return [
    c.verdict.open ? { ok: false, text: `还有 ${c.verdict.open} 个审查要点没看`, note: `共 ${c.points.length} 个` } : { ok: true, text: `${c.points.length} 个审查要点都看过`, note: machine ? `机器提醒 ${machine}` : '机器没有提醒' },
    ...c.papers.filter((p) => p.deferred).map((p) => ({ ok: false, text: `${p.name}没有交`, note: '申请人选了稍后补交' })),
    ...(given.length ? [{ ok: true, text: `材料 ${given.length} 份`, note: `扫描 ${pages} 页，原件没有收` }] : []),
    { ok: c.signatures.length > 0, text: `签名 ${c.signatures.length} 个`, note: c.signatures.map((s) => s.label).join('、') },
  ]
}

/** After the clock starts: the day of today and both ends (按下之后). */
export const startWords = (c: Case) => ({ promise: sentenceDay(c.clock.promise_due), statutory: sentenceDay(c.clock.statutory_due) })

/** Who was faster (谁先办了): the newest line of a person; what systems add to the timeline meanwhile is no act. */
export const faster = <T extends { at: string; kind: string }>(history: T[]): T | undefined =>
  history.filter((h) => h.kind === 'person').sort((a, b) => b.at.localeCompare(a.at))[0]
