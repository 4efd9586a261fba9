import type { Case } from '../types'
import type { Asked, Draft } from './types'

/** A registration as the viewer of cases shows it (预审看件): the same sheets, boxes and numbers, so that a clerk sees one picture. */
export function asCase(d: Draft, values: Record<string, unknown>): Case {
  const text = (v: unknown, options: { value: string; label: string }[]): string =>
    Array.isArray(v) ? v.map((x) => text(x, options)).join('、') : (options.find((o) => o.value === v)?.label ?? (typeof v === 'string' || typeof v === 'number' ? String(v) : ''))
  return {
    no: d.id, item: d.item.name, item_code: d.item.code, state: 'received', version: d.revision, unread: false,
    person: { name: d.applicant?.name ?? '', id_masked: d.applicant?.id_number ?? '', phone_masked: '' },
    form: d.groups.map((g) => ({
      title: g.title,
      fields: g.fields.map((f) => ({
        name: f.name, label: f.label, source: sourceWord(f.source, d.applicant?.way), value: f.widget === 'rows' ? '' : text(values[f.name], f.options), columns: f.columns.map((c) => c.label),
        lines: f.widget === 'rows' && Array.isArray(values[f.name]) ? (values[f.name] as Record<string, unknown>[]).map((r) => f.columns.map((c) => text(r[c.name], c.options))) : [],
      })),
    })),
    answers: d.asked.map((a) => ({ question: a.text, answer: labelOf(a) })),
    papers: d.materials.map((m) => ({ code: m.code, name: m.name, need: m.need, note: m.source_note || m.note, deferred: m.source === 'later', trust: m.original_seen ? 'B' : m.source === 'licence' || m.source === 'exempt' || m.need === 'exempt' ? 'A' : 'C', pages: m.pages.map((p) => ({ id: p.id, url: p.url })) })),
    signatures: [], documents: [], ledger: [], history: [],
    points: d.review.points.map((p) => ({ ...p, ticked: p.judged, by: '', at: '' })),
    verdict: { ok: d.review.verdict === 'ok', title: d.review.title, detail: d.review.detail, open: d.review.points.filter((p) => !p.judged).length },
    clock: { if_today: d.if_today, strip: [], start_strip: [], text: '', level: '' }, acts: [],
    item_facts: d.item,
    source: { terminal: d.window || '窗口', place: '', submitted_at: d.updated_at, received_at: d.updated_at, envelope_id: '' },
  } as unknown as Case
}

/** What was answered, in the words of the choice. */
export const labelOf = (a: Asked) => a.options.find((o) => o.value === a.answer)?.label ?? a.answer

/** Where a value came from; of a person who was typed in, no card said anything. */
export const sourceWord = (source: string, way = 'idcard') => (source.startsWith('idcard.') ? (way === 'typed' ? '窗口录入' : way === 'code' ? '个人码带入' : '证件读出') : source.startsWith('licence.') ? '证照带入' : source.startsWith('earlier') ? '以前的件带入' : '申请人填写')
