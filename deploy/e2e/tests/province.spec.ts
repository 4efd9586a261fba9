import type { Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { Applicant } from './applicant'
import { clean, expect, fillSignIn, kiosk, openCase, signIn, stack, test } from './stack'

// The collaboration with the province (省平台协同): an acceptance arrives by itself; while the province is down it stands and waits;
// what differs is settled with a reason.
test.use({ viewport: { width: 1440, height: 900 } })

const exchange = (stack as unknown as { exchange: string }).exchange
const sim = async (path: string, body: unknown) => expect((await fetch(exchange + path, { method: 'POST', body: JSON.stringify(body) })).ok).toBe(true)
test.afterEach(() => sim('/faults', { system: '*', fault: '' }))

async function accepted(page: Page, person: string) {
  const { case_no: no } = await new Applicant(kiosk).handIn({ person, item: 'glbt' })
  await openCase(page, no)
  const open = page.locator('[data-testid^="point-"]:not(:checked)')
  for (let left = await open.count(); left > 0; left--) {
    await page.keyboard.press('Space')
    await expect(open).toHaveCount(left - 1)
  }
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('heading', { name: '受理，并出通知书' })).toBeVisible()
  await page.keyboard.press('Control+Enter')
  await expect(page.getByTestId('done')).toContainText('已受理')
  return no
}
async function manager(page: Page) {
  const other = await (await page.context().browser()!.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true })).newPage()
  await other.goto(stack.web + '/console/')
  await fillSignIn(other, 'exchange')
  await expect(other.locator('[data-screen="province"]')).toBeVisible()
  return other
}

test('what is accepted reaches the province, waits while it is down, and is reconciled', async ({ page }) => {
  test.setTimeout(180_000)
  await signIn(page)
  const no = await accepted(page, 'dilnur')
  const desk = await manager(page)
  const state = (s: string) => expect(desk.locator(`[data-state="${s}"]`).first()).toBeVisible({ timeout: 60_000 })
  const look = async (q: string) => {
    await desk.goto(`${stack.web}/console/#/province/messages?q=${q}`)
    await expect(desk.locator('[data-screen="province-messages"]')).toBeVisible()
  }

  await test.step('within a minute, with no click; its evidence can be taken away', async () => {
    await look(no)
    await state('confirmed')
    await clean(desk, 'messages')
    const [file] = await Promise.all([desk.waitForEvent('download'), desk.getByTestId('evidence').click()])
    const proof = JSON.parse(readFileSync(await file.path(), 'utf8')) as { case: string; receipt: unknown }
    expect(proof.case).toBe(no)
    expect(proof.receipt).toBeTruthy()
  })

  await test.step('the province is down: acceptance stands, the message waits, and goes once', async () => {
    await sim('/faults', { system: 'acceptance', fault: 'outage' })
    const second = await accepted(page, 'zhou')
    await expect(page.getByTestId('province')).toContainText('还没确认', { timeout: 30_000 })
    await expect(page.getByTestId('state')).toContainText('已受理')
    await clean(page, 'a case that the province does not have yet')
    await look(second)
    await expect(desk.locator('[data-state="queued"], [data-state="sent"]').first()).toBeVisible({ timeout: 30_000 })
    await sim('/faults', { system: 'acceptance', fault: '' })
    await state('confirmed')
    await expect(page.getByTestId('province')).toContainText('已确认 SC', { timeout: 30_000 })
    const { cases } = (await (await fetch(exchange + '/state')).json()) as { cases: { projNo: string; applied: number }[] }
    expect(cases.find((c) => c.projNo === second)?.applied).toBe(1)
  })

  await test.step('a difference is shown, decided with a reason, and gone', async () => {
    await sim('/plant', { projNo: no, field: 'PROMISE_DATE', value: '2030-01-01', why: '省里按自然日推算' })
    await desk.goto(`${stack.web}/console/#/province`)
    await desk.getByTestId('reconcile').click()
    await desk.getByTestId('case-' + no).click()
    await expect(desk.getByText('省里按自然日推算').first()).toBeVisible()
    await clean(desk, 'the cockpit')
    await desk.getByTestId('choose-PROMISE_DATE-ours').click()
    await desk.getByTestId('reason').fill('本市按工作日计算')
    await desk.keyboard.press('Control+Enter')
    await expect(desk.getByRole('dialog')).toHaveCount(0)
    await desk.getByTestId('reconcile').click()
    await expect(desk.getByTestId('answer')).toContainText('两边逐字段相同', { timeout: 30_000 })
  })

  for (const [path, screen] of [['returns', 'province-returns'], ['systems', 'province-systems'], ['sync', 'province-sync']] as const) {
    await desk.goto(`${stack.web}/console/#/province/${path}`)
    await expect(desk.locator(`[data-screen="${screen}"]`)).toBeVisible()
    await clean(desk, screen)
  }
})
