import type { Case } from './types'

/** A received case for unit tests (测试用办件); sample people carry the unassigned county code 510799. */
export const sampleCase = (change: Partial<Case> = {}): Case => ({
  no: 'MY261126-001-0001-8', item: '80周岁以上老年人高龄津贴发放', item_code: 'glbt', applicant: '迪*提', id_masked: '510799********0066', channel: 'terminal', terminal: 'K-01',
  place: '涪城区政务服务中心 3号机', state: 'received', state_text: '收件', received_at: '2026-11-26T12:04:00+08:00', due: '2026-12-03', due_text: '余 5 工作日', level: 'green', strip: [],
  todo: '看材料，决定是否受理', materials_count: 2, unread: true, version: 3,
  person: { name: '迪丽努尔·阿卜杜热依木艾合买提', name_masked: '迪*提', id_masked: '510799********0066', phone_masked: '139****2150', address: '', sex: '女', nation: '维吾尔族', birth: '1946-03-15', card_type: 'resident' },
  form: [{ title: '您现在住在哪里？', fields: [{ name: 'name', label: '姓名', value: '迪丽努尔', source: '证件读出' }, { name: 'card_no', label: '社保卡账号', value: '62***46', source: '申请人填写' }] }],
  answers: [{ question: '津贴发到哪张卡？', answer: '社保卡' }],
  papers: [
    { code: 'hukou', name: '居民户口簿', need: 'required', note: '', deferred: false, trust: 'C', source: 'scan', source_note: '', defer_days: 0, pages: [{ id: 'p1', url: '/p1' }, { id: 'p2', url: '/p2' }] },
    { code: 'stopped', name: '停发证明', need: 'deferrable', note: '', deferred: true, trust: 'D', source: 'later', source_note: '', defer_days: 10, pages: [] },
  ],
  signatures: [{ role: 'applicant', label: '申请人', name: '迪丽努尔', statement: '都是真的', url: '/s', at: '2026-11-26T12:04:00+08:00' }],
  points: [
    { id: 'age', no: 1, text: '年满80周岁', law: '', on: 'identity', ref: '', ticked: false, note: '', by: '', at: '', advice: { ok: true, text: '校验通过', confidence: 100 } },
    { id: 'hukou', no: 2, text: '户口簿一致', law: '', on: 'material', ref: 'hukou', ticked: false, note: '', by: '', at: '' },
    { id: 'account', no: 3, text: '账号校验通过', law: '', on: 'form', ref: 'card_no', ticked: false, note: '', by: '', at: '' },
    { id: 'nocard', no: 4, text: '约定补登卡号', law: '', on: 'condition', ref: 'card', ticked: false, note: '', by: '', at: '' },
    { id: 'sign', no: 5, text: '签名清楚', law: '', on: 'signature', ref: 'applicant', ticked: false, note: '', by: '', at: '' },
  ],
  clock: { running: false, standing: false, paused_until: '', used: 0, suspended: 0, text: '余 5 工作日', level: 'green', promise_text: '5个工作日', promise_due: '2026-12-03', statutory_text: '20个工作日', statutory_due: '2026-12-24', notice_due: '2026-12-03', if_today: '承诺 12月3日', strip: [], start_strip: [], calendar_version: 'cn-2024-2026.1', provisional: false },
  ledger: [], documents: [], history: [], verdict: { ok: true, title: '', detail: '', open: 5 }, acts: ['accept', 'notice', 'refuse'], awaited: [], deferred: 0, notices: 0, mode: 'plain',
  item_facts: { name: '80周岁以上老年人高龄津贴发放', code: 'glbt', version: 1, office: '涪城区民政局', handling: 'promised', fee: '不收费', result: '高龄津贴', how: '按月打到卡上', law: [], conditions: [], proof: [] },
  holder: '涪城区政务服务中心 3号机，还没有人看过',
  source: { terminal: 'K-01', place: '涪城区政务服务中心 3号机', submitted_at: '2026-11-26T12:04:00+08:00', received_at: '2026-11-26T12:04:00+08:00', envelope_id: 'e', window: '', ticket: '', clerk: '' },
  rating: 0,
  ...change,
})
