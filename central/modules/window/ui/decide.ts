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
  note: string
}

export const titles: Record<Act, string> = { accept: '受理，并出通知书', grant: '办结，并出文书', notice: '一次性告知', refuse: '不予受理' }
export const verbs: Record<Act, string> = { accept: '受理', grant: '办结', notice: '发出一次性告知', refuse: '不予受理' }

export const newDraft = (c: Case): Draft => ({
  gaps: gapsOf(c),
  days: 10,
  reason_code: '',
  reason: '',
  right_office: '',
  facts: c.item_facts.proof.map((label) => ({ label, value: '' })),
  note: '',
})

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
  if (act === 'notice') {
    want(d.gaps.some((g) => g.on), 'gaps', '至少列一项要补的，一次说全')
    d.gaps.forEach((g, i) => {
      if (!g.on) return
      want(g.what.trim().length >= 2, `gaps[${i}].what`, `第 ${i + 1} 项：写缺什么、哪里不对`)
      want(g.how.trim().length >= 2, `gaps[${i}].how`, `第 ${i + 1} 项：写怎么补，他照着做就能补齐`)
    })
    want(Number.isInteger(d.days) && d.days >= 1 && d.days <= 30, 'days', '补正期限填 1–30 个工作日')
  }
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
