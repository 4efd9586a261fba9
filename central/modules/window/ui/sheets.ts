import type { Case, Point } from './types'

/** One thing to look at in the viewer (可看的一份): the form, a page of a material, the signatures, a produced paper. */
export interface Sheet {
  id: string
  label: string
  kind: 'form' | 'image' | 'signatures' | 'paper'
  url?: string
  material?: string
  note?: string
}

export function sheetsOf(c: Case): Sheet[] {
  const out: Sheet[] = [{ id: 'form', label: '申请表', kind: 'form', note: `${c.source.terminal} 填写` }]
  for (const p of c.papers) {
    p.pages.forEach((page, i) =>
      out.push({ id: page.id, kind: 'image', url: page.url, material: p.code, label: p.name + (p.pages.length > 1 ? ` ${i + 1}/${p.pages.length}` : ''), note: `${c.source.terminal} 扫描 ・ 可信度 ${p.trust}` }),
    )
  }
  if (c.signatures.length) out.push({ id: 'signatures', label: '签名', kind: 'signatures', note: `${c.signatures.length} 个` })
  for (const d of c.documents) out.push({ id: d.id, label: d.title, kind: 'paper', url: d.url, note: d.no })
  return out
}

/** Where a review point is to be seen. A material without pages is seen in the form's list of papers. */
export function sheetOfPoint(sheets: Sheet[], point: { on: string; ref: string }): number {
  const at = (ok: (s: Sheet) => boolean) => Math.max(sheets.findIndex(ok), 0)
  if (point.on === 'material') return at((s) => s.material === point.ref)
  if (point.on === 'signature') return at((s) => s.kind === 'signatures')
  return at((s) => s.kind === 'form')
}

/** The paper to show first: what a closed case ended with, else what the applicant filled in. */
export function firstSheet(c: Case): number {
  const last = c.documents.at(-1)
  if (!last || (!['granted', 'refused', 'denied', 'withdrawn', 'lapsed'].includes(c.state))) return 0
  return sheetsOf(c).findIndex((s) => s.id === last.id)
}

/** Points that are judged by a row of the filled form, by a paper or by a signature: the same number stands there and in the list. */
export const pointsAt = {
  field: (points: Point[], f: { name: string; source: string }) => points.filter((p) => (p.on === 'form' && p.ref === f.name) || (p.on === 'identity' && f.source === '证件读出')),
  answers: (points: Point[]) => points.filter((p) => p.on === 'condition'),
  material: (points: Point[], code: string) => points.filter((p) => p.on === 'material' && p.ref === code),
  signature: (points: Point[], role: string) => points.filter((p) => p.on === 'signature' && (!p.ref || p.ref === role)),
}
