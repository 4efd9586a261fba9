import type { Draft, Material } from './types'

/** A registration for unit tests (测试用登记). */
export const sampleMaterial = (change: Partial<Material> = {}): Material => ({
  code: 'lease', name: '房屋租赁合同', plain: '租赁合同', how: '', why: '', need: 'required', note: '', defer_days: 10, max_pages: 8, copies: 1, original: true, source: '', ref: '', source_note: '', original_seen: false, shared: false, trust: '', pages: [], ...change,
})

export const sampleDraft = (change: Partial<Draft> = {}): Draft => ({
  id: 'd1', revision: 3, state: 'draft', item: { name: '食品经营许可（新办）', code: 'spjy', office: '涪城区行政审批局', handling: 'promised', fee: '不收费', result: '许可证', how: '窗口领取', law: [], conditions: [], proof: [], version: 4 },
  window: 'B12', ticket: 'A012', visit: 'v', hall: 'h', owner: 'clerk', owner_name: '周敏', reason: '', created_at: '', updated_at: '', expires_on: '2026-12-03',
  applicant: { type: 'person', name: '张晓岚', id_number: '510799********0026', sex: '女', nation: '汉', birth: '1990-03-07', address: '', way: 'idcard' },
  answers: {}, form: {}, guide: { no: 3, of: 3, settled: true, stop: '' }, asked: [], groups: [], schema: null,
  materials: [sampleMaterial(), sampleMaterial({ code: 'plan', name: '平面图', defer_days: 0 }), sampleMaterial({ code: 'id', name: '身份证明', need: 'exempt' })],
  signers: [{ role: 'applicant', label: '申请人', statement: '都是真的', signed: '' }],
  review: { verdict: 'would_need', title: '', detail: '', gaps: [], points: [] }, if_today: '承诺 12月7日',
  ...change,
})
