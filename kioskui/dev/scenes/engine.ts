import type { Capture, Matter, Problem, State } from '../../src/gen/screen'
import { chen, done, matter, stateOf } from './scenes.ts'

type Out = { state: State } | { answer: unknown } | { problem: Problem; status: number }
type Later = (next: (s: State) => State, ms: number) => void
type Body = Record<string, never>

/** Just enough of the agent to walk a whole visit by hand in the dev server (简易代理). */
export function act(call: string, body: Body, state: State, later: Later): Out {
  const s = structuredClone(state)
  const v = s.visit
  if (call === 'visit/start') return { state: { ...stateOf('home', s.rev), visit: { ...stateOf('home', 1).visit!, id: `v${Date.now()}` } } }
  if (!v && call === 'visit/say') return { state }
  if (!v) return { problem: { code: 'screen.visit_over', message: '这次办理已经结束，请重新开始' }, status: 409 }
  const m = v.matter
  switch (call) {
    case 'visit/touch':
      v.warning = 0
      break
    case 'visit/prefs':
      v.prefs = body as unknown as typeof v.prefs
      v.idle_seconds = v.prefs.elderly || v.prefs.low_reach ? 120 : 60
      break
    case 'visit/sound':
      v.sound = body as unknown as typeof v.sound
      break
    case 'visit/say':
      break
    case 'visit/help':
      v.help_called = true
      break
    case 'visit/end':
      return { state: { ...s, visit: undefined } }
    case 'identify/start':
      v.identify = { phase: 'waiting', title: '', message: '', tries: 0, for: 'applicant' }
      later((x) => phase(x, 'reading'), 2500)
      later(read, 4000)
      break
    case 'identify/cancel':
      v.identify = undefined
      if (v.person && !v.person.confirmed) v.person = undefined
      break
    case 'identify/confirm':
      if (v.person) v.person.confirmed = true
      break
    case 'identify/reveal':
      return { answer: { id: '510799194603140028' } }
    case 'matter/choose':
      v.matter = structuredClone(matter)
      break
    case 'matter/leave':
      v.matter = undefined
      v.done = undefined
      break
    default:
      return inMatter(call, body, s, m, later)
  }
  return { state: s }
}

const phase = (x: State, p: string): State => (x.visit?.identify ? { ...x, visit: { ...x.visit, identify: { ...x.visit.identify, phase: p } } } : x)
const read = (x: State): State => (x.visit?.identify ? { ...x, visit: { ...x.visit, identify: undefined, person: { ...chen, confirmed: false } } } : x)

function inMatter(call: string, body: Body, s: State, m: Matter | undefined, later: Later): Out {
  const v = s.visit!
  const b = body as unknown as Record<string, string> & { values?: Record<string, unknown>; on?: boolean; came_out?: boolean; level?: number }
  const paper = m?.materials?.find((x) => x.code === b.material)
  if (call === 'slip/answer' && v.done) v.done.slip = { ...v.done.slip, state: b.came_out ? 'printed' : 'failed' }
  if (call === 'slip/print' && v.done) v.done.slip = { ...done.slip }
  if (call === 'rate' && v.done) v.done.rated = b.level ?? 0
  if (!m) return { state: s }
  switch (call) {
    case 'matter/consent':
      m.consented = true
      break
    case 'matter/answer':
      m.answers = { ...m.answers, [b.question!]: b.option! }
      m.ask = m.item.questions?.find((q) => m.answers?.[q.id] === undefined)
      m.stop = m.item.questions?.flatMap((q) => q.options ?? []).find((o) => Object.values(m.answers ?? {}).includes(o.value) && o.stop)?.stop
      break
    case 'matter/form': {
      const fields = wrong(m, b.group!, b.values ?? {})
      if (fields.length) return { problem: { code: 'form.invalid', message: '有几项还不对', fields }, status: 422 }
      m.values = { ...m.values, ...b.values }
      m.group_done = { ...m.group_done, [b.group!]: true }
      break
    }
    case 'matter/capture':
      return { answer: capture() }
    case 'matter/keep':
      paper?.pages?.push({ id: b.page!, width: 900, height: 620 })
      break
    case 'matter/drop':
      if (paper) paper.pages = (paper.pages ?? []).filter((p) => p.id !== b.page)
      break
    case 'matter/defer':
      if (paper) paper.deferred = b.on === true
      break
    case 'matter/sign':
      for (const x of m.signers ?? []) if (x.role === b.role) Object.assign(x, { signed: true, at: '10:41', image: `/api/signatures/${x.role}.png` })
      break
    case 'matter/unsign':
      for (const x of m.signers ?? []) if (x.role === b.role) Object.assign(x, { signed: false, image: undefined })
      break
    case 'matter/submit':
      v.matter = undefined
      v.done = { ...done, state: 'stored' }
      later((x) => (x.visit?.done ? { ...x, visit: { ...x.visit, done: { ...x.visit.done, state: 'received' } } } : x), 1500)
      later((x) => (x.visit?.done ? { ...x, visit: { ...x.visit, done: { ...x.visit.done, slip: { state: 'printed', title: '小票打好了', note: '在屏幕左下方出口取' } } } } : x), 4000)
      break
  }
  return { state: s }
}

function wrong(m: Matter, group: string, values: Record<string, unknown>) {
  const out: { field: string; message: string }[] = []
  for (const f of m.groups?.find((g) => g.id === group)?.fields ?? []) {
    if (f.widget === 'rows') {
      ;((values[f.name] ?? []) as Record<string, string>[]).forEach((line, i) => {
        for (const c of f.columns ?? []) if (!line[c.name]) out.push({ field: `${f.name}/${i}/${c.name}`, message: `请填写${c.label}` })
      })
      if (!((values[f.name] ?? []) as unknown[]).length) out.push({ field: f.name, message: `请填写${f.label}，至少一条` })
      continue
    }
    const s = String(values[f.name] ?? '')
    if (f.widget === 'phone' && s.length !== 11) out.push({ field: f.name, message: s ? `手机号是11位，现在只有${s.length}位，还差${11 - s.length}位。` : '请填手机号码' })
    else if (f.widget !== 'readonly' && f.name !== 'family' && !s) out.push({ field: f.name, message: `请填${f.label}` })
  }
  return out
}

let shots = 0
function capture(): Capture {
  shots++
  const checks = [{ label: '四个角都在', ok: true }, { label: '字看得清', ok: true }, { label: '光线够亮', ok: true }]
  if (shots % 2 === 1) return { ok: false, verdict: 'cutOff', title: '这张看不清，请再放一次', message: '右边出了画面，字也糊了', checks: checks.map((c, i) => ({ ...c, ok: i === 2 })) }
  return { ok: true, verdict: 'good', title: '', message: '找到页面了，很清楚', page: { id: `p${shots}`, width: 900, height: 620 }, checks }
}
