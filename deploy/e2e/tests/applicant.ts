import { randomBytes } from 'node:crypto'
import type { Capture, Done, Field, Form, Group, State } from '../../../kioskui/src/gen/screen'
import { Devices, type Terminal } from './stack'

/** One citizen's errand (一次办事): whose card, which item, what lies under the camera. */
export interface Errand {
  person: string
  item: string
  /** Card of a second signer. */
  second?: string
  /** Sheet by material; the household register lies there otherwise. */
  sheets?: Record<string, string>
  /** Option values to prefer when a question offers them. */
  pick?: string[]
  /** Materials to bring later. */
  defer?: string[]
}

/**
 * An applicant at a terminal, through the calls that its page makes (申请人). For tests of other screens that need a case; the
 * citizen's own screen is tested with a browser.
 */
export class Applicant {
  private cookie = ''
  private visit = ''
  private base: string
  private devices: Devices
  constructor(private terminal: Terminal) {
    this.base = new URL(terminal.ui).origin
    this.devices = new Devices(terminal.control)
  }

  /** Hands a matter in; online: not before the terminal has its centre. */
  async handIn(e: Errand, online = true): Promise<Done> {
    if (!this.cookie) {
      const res = await fetch(this.terminal.ui, { redirect: 'manual' })
      this.cookie = (res.headers.get('set-cookie') ?? '').split(';')[0]!
    }
    if (online) await this.until('the terminal is online', (s) => s.link.online)
    await this.do('visit/start')
    await this.identify(e.person, (s) => !!s.visit?.person)
    await this.do('identify/confirm')
    await this.do('matter/choose', { item: e.item })
    await this.fill(e)
    const handed = await this.do('matter/submit')
    const done = handed.visit?.done
    if (!done) throw new Error('handed in, but there is no number')
    await this.do('visit/end', { reason: 'finished' })
    return done
  }

  private async fill(e: Errand) {
    let s = await this.do('matter/consent')
    for (let ask = s.visit?.matter?.ask; ask; ask = s.visit?.matter?.ask) {
      const options = ask.options ?? []
      const chosen = options.find((o) => e.pick?.includes(o.value)) ?? options.find((o) => !o.stop)
      s = await this.do('matter/answer', { question: ask.id, option: chosen!.value })
    }
    const m = s.visit!.matter!
    for (const g of m.groups ?? []) s = await this.do('matter/form', { group: g.id, values: plausible(m.item.form, g, m.values ?? {}) })
    for (const p of m.materials ?? []) {
      if (p.need === 'exempt') continue
      if (e.defer?.includes(p.code)) await this.do('matter/defer', { material: p.code, on: true })
      else await this.scan(p.code, e.sheets?.[p.code] ?? 'hukou')
    }
    for (const g of m.signers ?? []) {
      if (g.own_card) await this.identify(e.second!, (x) => x.visit?.matter?.signers?.find((y) => y.role === g.role)?.read ?? false)
      s = await this.do('matter/sign', { role: g.role, width: 900, height: 400, strokes: scribble() })
    }
    const missing = s.visit?.matter?.missing ?? []
    if (missing.length) throw new Error('still missing: ' + missing.join(', '))
  }

  private async identify(person: string, read: (s: State) => boolean) {
    await this.do('identify/start')
    await this.devices.putCard(person)
    await this.until('the card is read', read)
    await this.devices.takeCard()
  }

  private async scan(material: string, sheet: string) {
    await this.devices.paper('camera', sheet)
    const shot = await this.ask<Capture>('POST', 'matter/capture', { material })
    if (!shot.ok || !shot.page) throw new Error(`page refused: ${shot.verdict} ${shot.message}`)
    await this.do('matter/keep', { material, page: shot.page.id })
  }

  private async until(what: string, ok: (s: State) => boolean) {
    const end = Date.now() + 20_000
    for (;;) {
      const s = await this.ask<State>('GET', 'state')
      if (ok(s)) return s
      if (Date.now() > end) throw new Error('not in time: ' + what)
      await new Promise((r) => setTimeout(r, 30))
    }
  }

  private do = (call: string, body: unknown = {}) => this.ask<State>('POST', call, body)

  private async ask<T>(method: string, call: string, body?: unknown): Promise<T> {
    const res = await fetch(`${this.base}/api/${call}`, {
      method,
      headers: { 'Content-Type': 'application/json', Origin: this.base, Cookie: this.cookie, 'Idempotency-Key': randomBytes(16).toString('hex'), ...(this.visit ? { 'X-Visit': this.visit } : {}) },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await res.text()
    if (!res.ok) throw new Error(`${call}: ${res.status} ${text}`)
    const got = JSON.parse(text) as T & Partial<State>
    if (got.rev !== undefined && got.terminal) this.visit = got.visit?.id ?? ''
    return got
  }
}

interface Rule {
  format?: string
  pattern?: string
  maxLength?: number
}

const right: Record<string, string> = {
  'cn-mobile': '13908162150', 'bank-card': '6222020200112233446', 'cn-id': '510799198512310026', 'cn-cert': '510799198512310026',
  'cn-uscc': '92510799MA99DEM19P', 'cn-name': '张晓岚', 'cn-date': '2026-09-01', date: '2026-09-01',
}

/** Answers as a plausible applicant gives them; what the card said is left alone. */
export function plausible(form: Form, group: Group, have: Record<string, unknown>): Record<string, unknown> {
  const rules = (form.schema as { properties: Record<string, Rule> }).properties
  const good = (f: Field) => {
    const first = f.options?.[0]?.value
    if (first) return first
    if (/名称$/.test(f.label) && f.widget === 'text') return '样例小面馆'
    const rule = rules[f.name] ?? {}
    return right[rule.format ?? ''] ?? (rule.pattern ? '2' : '样例路18号1栋1单元101'.slice(0, rule.maxLength))
  }
  const out: Record<string, unknown> = {}
  for (const f of group.fields ?? []) {
    if (have[f.name]) out[f.name] = have[f.name]
    else if (f.widget !== 'readonly') out[f.name] = good(f)
  }
  return out
}

/** A signature of three strokes. */
const scribble = () =>
  [0, 1, 2].map((k) => Array.from({ length: 40 }, (_, i) => [120 + k * 220 + i * 4, 200 + 90 * Math.sin(i / 5 + k), k * 600 + i * 12, 0.5]))
