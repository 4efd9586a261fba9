import type { Case } from './types'

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
  const out: Sheet[] = [{ id: 'form', label: '申请表', kind: 'form' }]
  for (const p of c.papers) {
    p.pages.forEach((page, i) =>
      out.push({ id: page.id, kind: 'image', url: page.url, material: p.code, label: p.name + (p.pages.length > 1 ? ` ${i + 1}/${p.pages.length}` : ''), note: `${c.source.terminal} 扫描，${c.source.place}` }),
    )
  }
  if (c.signatures.length) out.push({ id: 'signatures', label: '签名', kind: 'signatures' })
  for (const d of c.documents) out.push({ id: d.id, label: d.title, kind: 'paper', url: d.url, note: d.no })
  return out
}

/** Where a review point is to be seen. */
export function sheetOfPoint(sheets: Sheet[], point: { on: string; ref: string }): number {
  const i = point.on === 'material' ? sheets.findIndex((s) => s.material === point.ref) : point.on === 'signature' ? sheets.findIndex((s) => s.kind === 'signatures') : sheets.findIndex((s) => s.kind === 'form')
  return Math.max(i, 0)
}
