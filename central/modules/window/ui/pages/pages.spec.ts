import { who } from '@kiosk/kit/who'
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Component } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { counter } from '../counter/desk'
import type { Desk } from '../counter/hall'
import { sampleDraft, sampleMaterial } from '../register/sample'
import IntakePage from './IntakePage.vue'
import ParkedPage from './ParkedPage.vue'
import RegisterPage from './RegisterPage.vue'
import TodayPage from './TodayPage.vue'
import VisitPage from './VisitPage.vue'

// Each page of the counter stands with what the centre answers, and says nothing into the console (窗口页面).

const parked = { id: 'd9', item: '食品经营许可', item_code: 'spjy', applicant: '张*岚', window: 'B12', ticket: 'A012', visit: 'v', owner: 'u1', owner_name: '周敏', reason: '等他回去拿材料', state: 'parked', updated_at: '2026-11-26T10:00:00+08:00', expires_on: '2026-12-03', days_left: 0, age_days: 2, done: 2, of: 5, level: 'red' }
const numbers = { received: 3, accepted: 2, finished: 1 }
const draft = sampleDraft({
  guide: { question: { id: 'q2', text: '经营场所是怎么来的？', why: '决定要不要租赁合同', law: '', answer: '', options: [{ value: 'rent', label: '租的', hint: '要合同', stop: '' }] }, no: 2, of: 2, settled: false, stop: '' },
  asked: [{ id: 'q1', text: '经营形式是？', why: '', law: '', answer: 'food', options: [{ value: 'food', label: '餐饮服务', hint: '', stop: '' }] }],
  groups: [{ id: 'g', title: '申请人', fields: [{ name: 'name', label: '姓名', widget: 'text', hint: '', source: 'idcard.name', masked: false, required: true, options: [], columns: [], min_rows: 0, max_rows: 0 }] }],
  schema: { type: 'object', properties: { name: { type: 'string', title: '姓名' } }, required: ['name'] },
  form: { name: '张晓岚' },
  materials: [sampleMaterial({ pages: [{ id: 'p1', url: '/p1', mime: 'image/png' }] }), sampleMaterial({ code: 'id', name: '身份证明', need: 'exempt', source: 'exempt' })],
  review: { verdict: 'would_need', title: '照现在这样受理，会被退回', detail: '1 处必须解决', gaps: [], points: [{ id: 'r1', no: 1, text: '合同在有效期', law: '', on: 'material', ref: 'lease', pages: [], advice: { ok: false, text: '读到 2026-10-31', confidence: 98 }, judged: false, ok: false, note: '' }] },
})
const answers: [RegExp, unknown][] = [
  [/workbench/, { today: numbers, mine: numbers, todo: [], total: 0, parked: { mine: 1, hall: 1, old: 1 }, warnings: [{ level: 'yellow', text: '余 1 工作日', case_no: 'MY1', item: 'x' }] }],
  [/parked/, { rows: [parked], received: [], counts: { mine: 1, hall: 1, old: 1 } }],
  [/pins/, { pins: [], kept: false }],
  [/history/, { name: '张*岚', id_masked: '', cases: [], papers: [] }],
  [/registrations\/d1/, draft],
]
const ticket = { id: 't', no: 'A012', category_name: '食品经营', zone_name: 'B 区', priority: '', priority_text: '', channel_text: '现场取号', state: 'waiting', state_text: '等待', window_no: '', taken_at: '', called_at: '', started_at: '', waited_min: 11, served_min: 0, calls: 0, hold_reason: '' }
const desk: Desk = { hall: { id: 'h', name: '大厅' }, seat: { window: 'w', no: 'B12', label: 'B 区 12 号窗', zone_name: 'B 区', state: 'on', since: '' }, may_sit: [], current: null, visit: null, next: ticket, waiting: 7, priority: 1, longest_min: 11, promise_min: 15, passed: [], held: [], today: { served: 9, average_seconds: 760, last_no: 'A011', last_seconds: 860 }, zones: [], windows: [], now: '' }
const visit = { id: 'v', ticket: 't', ticket_no: 'A012', state: 'open', way: 'typed', name: '张*岚', id_number: '510799********0026', phone: '', agent: null, opened_at: '2026-11-26T09:50:00+08:00', ended_at: '', cases: [] }

let said: string[] = []
beforeEach(() => {
  said = []
  for (const m of ['warn', 'error'] as const) vi.spyOn(console, m).mockImplementation((...a: unknown[]) => void said.push(String(a[0])))
  vi.stubGlobal('fetch', (path: string) => Promise.resolve(new Response(JSON.stringify(path.includes('/hall/desk') ? counter.desk : (answers.find(([r]) => r.test(path))?.[1] ?? {})), { status: 200 })))
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
  vi.stubGlobal('EventSource', class { addEventListener() {} close() {} })
  vi.stubGlobal('ResizeObserver', class { observe() {} disconnect() {} })
  Element.prototype.scrollTo = () => {}
  Element.prototype.scrollIntoView = () => {}
  Object.assign(who, { permissions: ['hall:queue.serve', 'window:case.read', 'window:case.register', 'window:case.renotice'] })
  counter.desk = structuredClone(desk)
  counter.person = undefined
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})
async function show(page: Component, path = '/x') {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/window/register/:id', component: page }, { path: '/:rest(.*)*', component: { template: '<i />' } }] })
  await router.push(path)
  const w = mount(page, { global: { plugins: [router] }, attachTo: document.body })
  await flushPromises()
  await flushPromises()
  return w
}

describe('窗口页面', () => {
  it('the day: the ticket, the shelf, the warning with its word', async () => {
    const w = await show(TodayPage)
    expect(w.text()).toContain('A012')
    for (const t of ['叫 A012', '4 分钟后超出等候承诺', '等他回去拿材料', '快到期', '直接进入']) expect(w.text()).toContain(t)
    expect(said).toEqual([])
    w.unmount()
  })
  it('the visit: identify first, then matters', async () => {
    counter.desk = { ...desk, current: { ...ticket, state: 'called' } }
    let w = await show(VisitPage)
    expect(w.find('[data-testid=identify]').exists()).toBe(true)
    w.unmount()
    counter.desk = { ...desk, current: { ...ticket, state: 'serving' }, visit }
    w = await show(VisitPage)
    for (const t of ['这次要办的', '食品经营许可', '打印一张回执']) expect(w.text()).toContain(t)
    expect(said).toEqual([])
    w.unmount()
  })
  it('the shelf: what ends today, and what to do', async () => {
    const w = await show(ParkedPage)
    for (const t of ['架上 1 件，1 件今天到期', '接着办', '交接', '大厅全部']) expect(w.text()).toContain(t)
    expect(said).toEqual([])
    w.unmount()
  })
  it('the intake: an item, with what was begun beside it', async () => {
    const w = await show(IntakePage)
    for (const t of ['政务服务事项', '没有做完的']) expect(w.text()).toContain(t)
    expect(said).toEqual([])
    w.unmount()
  })
  it('the registration: every step stands', async () => {
    const w = await show(RegisterPage, '/window/register/d1')
    for (const t of ['经营场所是怎么来的？', '租的', '餐饮服务', '随答案变的材料清单']) expect(w.text()).toContain(t)
    for (const [step, text] of [['materials', '房屋租赁合同'], ['form', '姓名'], ['review', '照现在这样受理，会被退回']] as const) {
      await w.find(`[data-testid=step-${step}]`).trigger('click')
      await flushPromises()
      await flushPromises()
      expect(w.text()).toContain(text)
    }
    for (const t of ['容缺受理', '一次性告知', '机器看错了']) expect(w.text()).toContain(t)
    expect(said).toEqual([])
    w.unmount()
  })
})
