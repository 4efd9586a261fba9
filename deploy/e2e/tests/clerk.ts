import type { Browser, Page } from '@playwright/test'
import type { Form, Group } from '../../../kioskui/src/gen/screen'
import { plausible } from './applicant'
import type { Office } from './office'
import { Devices, expect } from './stack'

interface Registration {
  item: { code: string; version: number; name: string }
  schema: object
  groups: Group[]
  form: Record<string, unknown> | null
}

/**
 * A clerk at her counter (窗口人员): keyboard, reader, document camera and the citizen's screen, as on a working day. `actions` counts
 * every key that does something; what is typed into a field is counted by its field never, as paper would have to be filled too.
 */
export class Clerk {
  page!: Page
  pad!: Page
  actions = 0
  readonly hands: Devices
  constructor(
    private office: Office,
    private login = 'clerk',
  ) {
    this.hands = new Devices(office.counter!.control)
  }

  /** Comes to work: signs in, pairs the computer's devices, signs on at a window. */
  async arrive(browser: Browser, viewport = { width: 1440, height: 900 }) {
    const context = await browser.newContext({ viewport })
    this.page = await context.newPage()
    await this.page.goto(this.office.web + '/console/')
    await this.page.getByTestId('login').fill(this.login)
    await this.page.getByTestId('password').fill(this.office.first(this.login))
    await this.page.getByTestId('sign-in').click()
    await expect(this.page.locator('[data-screen="today"]')).toBeVisible()
    await this.page.getByTestId('devices').click()
    this.pad = await context.newPage()
    await this.pad.setViewportSize({ width: 1280, height: 800 })
    await this.pad.goto(this.office.counter!.pad)
    await expect(this.pad.locator('#code')).toHaveText(/^\d{6}$/)
    await this.page.bringToFront()
    await this.page.getByTestId('pair-code').fill((await this.pad.locator('#code').textContent())!)
    await this.page.getByTestId('pair').click()
    await expect(this.page.getByTestId('try-idcard')).toBeEnabled()
    await this.today()
    await this.page.getByRole('button', { name: 'B 区 12 号窗' }).click()
    await expect(this.page.getByTestId('call-head')).toBeVisible()
  }
  leave = () => this.page?.context().close()
  async today() {
    await this.page.goto(this.office.web + '/console/#/window/today')
    await expect(this.page.locator('[data-screen="today"]')).toBeVisible()
  }
  async press(key: string) {
    this.actions++
    await this.page.keyboard.press(key)
  }

  /** Somebody takes a number; returned when it is known at this window. */
  async arrival(category: string, priority = '') {
    const res = await fetch(this.office.queue + '/numbers', { method: 'POST', body: JSON.stringify({ category, priority }) })
    const { no } = (await res.json()) as { no: string }
    await expect(this.page.getByTestId('call')).toBeVisible()
    return no
  }
  /** Calls the next one; the card that lies on the reader is read by itself. */
  async receive(person: string) {
    await this.hands.takeCard()
    await this.press('F2')
    await expect(this.page.locator('[data-screen="visit"]')).toBeVisible()
    await this.hands.putCard(person)
    await expect(this.page.locator('[data-screen="visit"][data-state="open"]')).toBeVisible()
    await this.hands.takeCard()
  }
  /** Calls the next one, who draws a passport or a permit through the reader of its printed lines. */
  async present(document: string) {
    await this.hands.takeCard()
    await this.press('F2')
    await expect(this.page.getByTestId('read-card')).toContainText('等他放证')
    await expect(async () => {
      await this.hands.paper('mrz', document)
      await expect(this.page.locator('[data-screen="visit"][data-state="open"]')).toBeVisible({ timeout: 3000 })
    }).toPass()
  }
  async begin(code: string) {
    await expect(this.page.getByTestId('find-item')).toBeFocused()
    await this.page.keyboard.type(code)
    await this.press('Enter')
    await expect(this.page.locator('[data-screen="register"]')).toBeVisible()
  }
  step = (s: string) => expect(this.page.locator('[data-screen="register"]')).toHaveAttribute('data-step', s)
  /** Answers by number keys, the first choice that stops nothing when none is given, until nothing is asked. */
  async situation(answers: string[] = []) {
    const register = this.page.locator('[data-screen="register"]')
    for (let i = 0; i < 9; i++) {
      if ((await register.getAttribute('data-step')) !== 'situation') return
      const question = this.page.getByTestId('question')
      if (!(await question.count())) return void (await this.press('Control+Enter'))
      const asked = async () => (await question.allTextContents()).join()
      const before = await asked()
      await this.press(answers[i] ?? '1')
      await expect.poll(asked).not.toBe(before)
    }
  }
  /** Scans what is missing, one after the other; `later` come later. */
  async materials(later: string[] = [], sheets: Record<string, string> = {}) {
    await this.step('materials')
    const lack = this.page.locator('.pick:has(.came.lack)')
    for (let left = await lack.count(); left > 0; left--) {
      const code = ((await this.page.locator('[data-current] .pick').getAttribute('data-testid')) ?? '').replace('paper-', '')
      if (later.includes(code)) await this.press('l')
      else {
        await this.hands.paper('camera', sheets[code] ?? 'application')
        await this.press('s')
      }
      if (left > 1) await expect(lack).toHaveCount(left - 1)
      else return void (await this.step('form')) // the last one leads on by itself
    }
    await this.press('Control+Enter')
  }
  /** Fills the form as a plausible applicant says it, and lets him sign on paper or on the pad. */
  async form(sign: 'paper' | 'pad' = 'paper', shown?: () => Promise<void>) {
    await this.step('form')
    const id = /register\/([^?]+)/.exec(this.page.url())![1]!
    const d = (await (await this.page.request.get(`${this.office.web}/api/staff/v1/window/registrations/${id}`)).json()) as Registration
    for (const g of d.groups) {
      const values = plausible({ schema: d.schema } as Form, g, d.form ?? {})
      for (const f of g.fields ?? []) {
        const box = this.page.locator(`[data-path="${f.name}"]`)
        if (d.form?.[f.name] || values[f.name] === undefined || !(await box.count())) continue
        await this.fill(box.first(), f as never, values[f.name])
      }
    }
    const unsigned = this.page.locator('.signer:not(:has(.word))')
    if (sign === 'paper' && (await this.page.locator('.signer input:not(:checked)').count())) await this.press('Alt+s')
    const inHand = await unsigned.count()
    await expect(this.page.getByTestId('keeping')).toHaveAttribute('data-keeping', 'kept')
    await this.press('Control+Enter')
    if (sign === 'pad' && inHand) await this.signature(shown) // asked for on his own screen; what he signed leads on
    await this.step('review')
  }
  private async fill(box: ReturnType<Page['locator']>, f: { widget: string; columns?: { name: string; widget: string; options?: { value: string }[] }[]; options?: { value: string }[] }, value: unknown) {
    if (f.widget === 'rows') {
      if (!(await box.locator('tbody tr').count())) await box.getByRole('button', { name: '加一行' }).click()
      for (const c of f.columns ?? []) {
        const cell = box.locator(`[data-testid$="-0-${c.name}"]`)
        if (await cell.count()) await cell.fill(c.widget === 'date' ? '2027-05-01' : '张晓岚')
        else await box.locator('select').first().selectOption({ index: 1 })
      }
    } else if (f.widget === 'choice' || f.widget === 'multi') await box.locator('input').first().check()
    else if (await box.locator('select').count()) await box.locator('select').selectOption({ index: 1 })
    else await box.locator('input, textarea').first().fill(String(value))
  }
  /** The citizen writes his name on his own screen. */
  async signature(shown?: () => Promise<void>) {
    const box = this.pad.locator('.box canvas')
    await this.pad.bringToFront()
    await expect(box).toBeVisible()
    await shown?.()
    const r = (await box.boundingBox())!
    await this.pad.mouse.move(r.x + r.width * 0.2, r.y + r.height * 0.3)
    await this.pad.mouse.down()
    for (let i = 1; i <= 40; i++) await this.pad.mouse.move(r.x + r.width * (0.2 + i * 0.014), r.y + r.height * (0.3 + (i % 8) * 0.05))
    await this.pad.mouse.up()
    await this.pad.getByTestId('pad-done').click()
    await this.page.bringToFront()
  }
  /** Looks at the points: those of which the machine is certain with one key, the others one by one. */
  async review() {
    await this.step('review')
    await expect(this.page.getByTestId('verdict')).toBeVisible()
    const open = this.page.locator('[data-testid^="point-"]:not(:checked)')
    if (await this.page.getByTestId('tick-certain').count()) {
      await this.press('g')
      await expect(this.page.getByTestId('tick-certain')).toHaveCount(0)
    }
    for (let left = await open.count(); left > 0; left--) {
      await this.press('Space')
      await expect(open).toHaveCount(left - 1)
    }
  }
  /** Takes it in and accepts it; returns the case number. */
  async accept(act = 'accept') {
    await this.press('Control+Enter')
    await expect(this.page.locator('[data-screen="case"]')).toHaveAttribute('data-act', act)
    await expect(this.page.locator('[data-testid="paper"][data-drawn="true"]')).toBeVisible()
    await this.press('Control+Enter')
    await expect(this.page.getByTestId('done')).toBeVisible()
    return (await this.page.getByTestId('case-no').textContent())!
  }
}
