import type { Browser, Page } from '@playwright/test'
import { Office } from './office'
import { expect } from './stack'

interface Field {
  name: string
  label: string
  widget: string
}
interface Entry {
  form_id?: string
  form: { id: string; version: number; groups: { fields: Field[] }[] }
  inventory: { field: string; class: string; purpose: string; keep: string }[]
  points: { on: string; ref?: string }[]
  questions: { id: string }[]
  [part: string]: unknown
}
interface Draft {
  revision: number
  entry: Entry
  findings: { severity: string; text: string }[]
}

/** Calls the workbench's API as the person of a page. */
async function call<T>(office: Office, page: Page, path: string, data: object): Promise<T> {
  const me = (await (await page.request.get(office.web + '/api/staff/v1/auth/me')).json()) as { csrf: string }
  const res = await page.request.post(`${office.web}/api/staff/v1${path}`, { data, headers: { 'X-CSRF': me.csrf, 'Idempotency-Key': crypto.randomUUID().replaceAll('-', '') } })
  if (!res.ok()) throw new Error(`${path}: ${res.status()} ${await res.text()}`)
  return (await res.json()) as T
}

const classOf = (f: Field) => (f.widget === 'phone' ? 'person.phone' : /证件号/.test(f.label) ? 'person.id_number' : /姓名/.test(f.label) ? 'person.name' : 'case')

/** An item takes a published official form in place of its own (事项换用正式表单), through drafting, review and publishing. */
export async function takesForm(office: Office, browser: Browser, as: (b: Browser, login: string) => Promise<Page>, item: string, form: string) {
  const [editor, reviewer, publisher] = [await as(browser, 'editor'), await as(browser, 'reviewer'), await as(browser, 'publisher')]
  const at = `/catalogue/items/${item}/draft`
  const shown = (await (await editor.request.get(`${office.web}/api/public/v1/forms/${form}`)).json()) as { form: Entry['form'] }
  const fields = shown.form.groups.flatMap((g) => g.fields)
  let d = await call<Draft>(office, editor, at, { reason: '换用画好的备案表' })
  const summary = '开小吃店、小食品店，备案后就能营业。做食品的人都要有健康证明。'
  const entry: Entry = {
    ...d.entry, form_id: form, form: shown.form, summary,
    inventory: [...d.entry.inventory.filter((x) => !x.field.startsWith('form.')), ...fields.map((f) => ({ field: 'form.' + f.name, class: classOf(f), purpose: '办理本事项：' + f.label, keep: 'case' }))],
    points: d.entry.points.filter((p) => p.on !== 'form'),
    questions: d.entry.questions.filter((q) => q.id !== 'online'), // it only asked for a screen of the old form
  }
  d = await call<Draft>(office, editor, at + '/save', { revision: d.revision, entry })
  expect(d.findings.filter((f) => f.severity === 'fault').map((f) => f.text)).toEqual([])
  d = await call<Draft>(office, editor, at + '/submit', { revision: d.revision })
  d = await call<Draft>(office, reviewer, at + '/approve', { revision: d.revision, note: '和公布的表一样' })
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(office.now())
  await call(office, publisher, at + '/publish', { revision: d.revision, effective: today, note: '换用画好的备案表' })
  for (const p of [editor, reviewer, publisher]) await p.context().close()
  return { version: shown.form.version, fields, summary }
}
