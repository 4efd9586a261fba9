import { check, type Form, type Values } from '@kiosk/kit/formcheck'
import type { Draft, Material } from './types'

// The five steps of a registration and what each still lacks (登记五步): pure.

export type Step = 'situation' | 'materials' | 'form' | 'review'
export const steps: { id: Step; label: string }[] = [
  { id: 'situation', label: '情形' },
  { id: 'materials', label: '材料' },
  { id: 'form', label: '表单' },
  { id: 'review', label: '预审' },
]

/** Whether something stands for a material: pages, a licence, an earlier paper, the form itself, or a promise to bring it. */
export const given = (m: Material) => m.need === 'exempt' || m.source === 'exempt' || m.pages.length > 0 || (m.source !== '' && m.source !== 'scan')

/** Whether the clerk has to ask for it; what an open question may still take away is not asked for yet. */
export const wanted = (m: Material) => m.need === 'required' || m.need === 'deferrable'

export const mayComeLater = (m: Material) => m.defer_days > 0

export const lacking = (d: Draft): Material[] => d.materials.filter((m) => wanted(m) && !given(m))

/** The next material to be taken in after the one at `from`; the first when all after it are there. */
export function nextLacking(d: Draft, from = -1): number {
  const open = (m: Material | undefined) => !!m && wanted(m) && !given(m)
  const n = d.materials.length
  for (let i = 1; i <= n; i++) if (open(d.materials[(from + i) % n])) return (from + i) % n
  return -1
}

const formOf = (d: Draft): Form => ({ id: d.item.code, version: d.item.version, title: d.item.name, schema: d.schema, groups: d.groups as Form['groups'] })

/** What the form still lacks, said as the centre will say it. */
export const formFaults = (d: Draft, values: Values) => (d.schema ? check(formOf(d), values) : [])

/** What a step still lacks in words, "" when it is done. */
export function open(d: Draft, values: Values): Record<Step, string> {
  const papers = lacking(d).length
  const faults = formFaults(d, values).length
  const unsigned = d.signers.filter((s) => !s.signed).length
  const points = d.review.points.filter((p) => !p.judged).length
  return {
    situation: d.guide.settled ? '' : d.guide.stop ? '不能办' : '没问完',
    materials: papers ? `差 ${papers} 份` : '',
    form: [faults && `${faults} 处要填`, unsigned && `${unsigned} 个签名`].filter(Boolean).join('、'),
    review: points ? `${points} 点没看` : '',
  }
}

/** Where to begin: the first step that is not done. */
export function begin(d: Draft, values: Values): Step {
  const o = open(d, values)
  return steps.find((s) => o[s.id])?.id ?? 'review'
}

export const after = (s: Step): Step => steps[Math.min(steps.findIndex((x) => x.id === s) + 1, steps.length - 1)]!.id

/** What the last answer did to the list of materials (随答案变的材料): new ones, and those that fell away. */
export function changed(before: Material[], now: Material[]): { added: string[]; dropped: Material[] } {
  const had = new Set(before.map((m) => m.code))
  const has = new Set(now.map((m) => m.code))
  return { added: now.filter((m) => !had.has(m.code)).map((m) => m.code), dropped: before.filter((m) => !has.has(m.code)) }
}

export interface Grouped {
  title: string
  rows: Material[]
}

/** The list in the order in which a clerk asks for it. */
export function grouped(list: Material[], added: string[], label: string): Grouped[] {
  const fresh = new Set(added)
  const rest = list.filter((m) => !fresh.has(m.code))
  return [
    { title: label ? `因为刚才选“${label}”` : '', rows: list.filter((m) => fresh.has(m.code)) },
    { title: '要交', rows: rest.filter((m) => wanted(m)) },
    { title: '看答案再定', rows: rest.filter((m) => m.need === 'unknown') },
    { title: '免交，用证照或系统代替', rows: rest.filter((m) => m.need === 'exempt') },
  ].filter((g) => g.rows.length)
}

/** How a material came, in words. */
export function cameBy(m: Material): string {
  if (m.need === 'exempt') return '免交'
  if (m.pages.length) return m.original_seen ? `${m.pages.length} 页，看过原件` : `${m.pages.length} 页`
  return { licence: m.shared ? '本人授权的证照' : '用证照代替', earlier: m.shared ? '本人授权，以前交过' : '以前交过', later: '以后补交', exempt: '免交' }[m.source as string] ?? '还没收'
}

/** Which way out a failing point has (解决办法): A bring it now, B tolerated, C told once, D the machine is wrong. */
export interface Way {
  key: 'A' | 'B' | 'C' | 'D'
  title: string
  note: string
}

export function ways(d: Draft, point: { on: string; ref: string; advice?: { ok: boolean } }): Way[] {
  const m = point.on === 'material' ? d.materials.find((x) => x.code === point.ref) : undefined
  const here = point.on === 'material' ? '现在重新收这一份' : point.on === 'signature' ? '现在补签' : point.on === 'condition' ? '改前面的答案' : '现在改表单'
  return [
    { key: 'A', title: here, note: '改好回到这里' },
    ...(m && mayComeLater(m) && !d.across ? [{ key: 'B' as const, title: '容缺受理', note: `签承诺，${m.defer_days} 个工作日内补` }] : []),
    ...(d.across ? [] : [{ key: 'C' as const, title: '一次性告知', note: '写明缺什么、怎么补，今天不计时' }]), // of another region's matter it is for that region to say
    { key: 'D', title: '机器看错了', note: '算看过，写明原因，留痕' },
  ]
}
