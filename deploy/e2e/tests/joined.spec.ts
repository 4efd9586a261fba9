import type { Page } from '@playwright/test'
import { Applicant } from './applicant'
import { clean, expect, kiosk, signIn, stack, test } from './stack'

// The neighbours of the window (相邻系统): one sign-on for all, bundles and registrations tracked here, and a silent system said so.
test.use({ viewport: { width: 1366, height: 768 } })
test.describe.configure({ mode: 'serial' })

const { onething, estate, cannot, inquiry } = stack as unknown as { onething: string; estate: string; cannot: string; inquiry: string }
const hand = async (base: string, path: string, body: unknown) => expect((await fetch(base + path, { method: 'POST', body: JSON.stringify(body) })).ok).toBe(true)
test.afterAll(async () => {
  await hand(estate, '/faults', { fault: '' })
  await hand(onething, '/faults', { fault: '' })
  await hand(cannot, '/faults', { fault: '' })
})

/** Pictures for people, where they are asked for. */
const picture = async (page: Page, name: string) => {
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${name}.png` })
}

async function opened(page: Page, button: string) {
  const [there] = await Promise.all([page.waitForEvent('popup'), page.getByTestId(button).click()])
  await expect(there.locator('#who')).toContainText('收件岗')
  return there
}

test('tabs, and both neighbours with no second login', async ({ page, browser }) => {
  await signIn(page)
  await page.goto(stack.web + '/console/#/window/today')
  const tabs = page.getByRole('navigation', { name: '业务' })
  await expect(tabs.getByRole('link', { name: '政务服务' })).toHaveAttribute('aria-current', 'page')
  await tabs.getByRole('link', { name: '不动产' }).click()
  const registration = await opened(page, 'estate-door')
  await picture(page, 'estate')
  await picture(registration, 'registration')
  await expect(registration).toHaveURL(estate + '/')
  await tabs.getByRole('link', { name: '一件事' }).click()
  const platform = await opened(page, 'onething-door')
  await expect(platform).toHaveURL(onething + '/')
  await expect(page.locator('[data-screen="onething"]')).toBeVisible() // what was open here still is

  // somebody without our ticket is sent to sign on, and a forged one is refused
  const stranger = await (await browser.newContext()).newPage()
  await stranger.goto(estate + '/')
  await expect(stranger).toHaveURL(/\/sso\//)
  expect((await stranger.request.get(`${estate}/back?code=forged&state=forged`)).status()).toBe(401)
})

test('a bundle begun there shows each item and the whole here', async ({ page }) => {
  await signIn(page)
  await page.goto(stack.web + '/console/#/joined/onething')
  const platform = await opened(page, 'onething-door')
  await platform.getByRole('button', { name: '新收一件' }).click()
  const no = (await platform.locator('td.no').first().textContent())!.trim()
  await platform.getByRole('button', { name: `办下一步 ${no}` }).click()
  await expect(page.getByRole('row', { name: no })).toBeVisible({ timeout: 20_000 })
  await page.getByRole('row', { name: no }).getByRole('link').first().click()
  await expect(page.getByTestId('matter-no')).toHaveText(no)
  await expect(page.locator('.pane')).toContainText('办理中', { timeout: 20_000 })
  await expect(page.getByTestId('matter-state')).toHaveText('办结 0 项，共 2 项')

  // a case of this window speaks for an item, and the platform hears of it
  const { case_no: caseNo } = await new Applicant(kiosk).handIn({ person: 'dilnur', item: 'glbt' })
  await expect.poll(async () => (await page.request.get(`${stack.web}/api/staff/v1/window/cases/${caseNo}`)).status(), { timeout: 20_000 }).toBe(200)
  await page.getByRole('button', { name: '挂办件 80周岁' }).click()
  await page.getByTestId('bind-no').fill(caseNo)
  await page.keyboard.press('Enter')
  await expect(page.locator('.pane').getByRole('link', { name: caseNo })).toBeVisible()
  await expect(page.locator('.pane')).toContainText('两边状态一致', { timeout: 20_000 })
  await expect(async () => {
    await platform.reload()
    await expect(platform.locator('tr', { hasText: no })).toContainText(caseNo, { timeout: 1000 })
  }).toPass({ timeout: 20_000 })
  await clean(page, 'one-thing')
  await picture(page, 'onething')

  await page.keyboard.press('n')
  await expect(page.getByRole('dialog')).toContainText('不能收件')
  await clean(page, 'begin a bundle')
  await picture(page, 'begin')
})

test('a number, and a system that is silent', async ({ page }) => {
  await signIn(page)
  await page.goto(stack.web + '/console/#/joined/track')
  await page.getByTestId('track-no').fill('bdc2026000001')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('fresh')).toContainText('刚问的')
  await hand(estate, '/advance', { no: 'BDC2026000001' })
  await expect(page.getByTestId('matter-state')).toHaveText('已受理', { timeout: 20_000 }) // by itself
  await clean(page, 'tracking')
  await picture(page, 'track')

  await hand(estate, '/faults', { fault: 'outage' })
  await page.getByTestId('track').click()
  await expect(page.getByTestId('answer')).toContainText('没有应答，下面是上次听说的')
  await expect(page.getByTestId('asked-estate')).toContainText('没有应答')
  await page.getByTestId('track-no').fill('BDC2026999999')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('answer')).toContainText('不能说没有')

  await page.goto(stack.web + '/console/#/joined/health')
  await page.getByTestId('try-estate').click()
  await expect(page.getByTestId('health-estate')).toContainText('没有应答')
  await expect(page.getByRole('row', { name: '不动产登记系统' })).toContainText('查不到不动产的新进度')
  await clean(page, 'health')
  await picture(page, 'health')
  await hand(estate, '/faults', { fault: '' })
  await expect(async () => {
    await page.getByTestId('try-estate').click()
    await expect(page.getByTestId('health-estate')).toContainText('正常', { timeout: 1500 })
  }).toPass({ timeout: 25_000 })
})

test('everything that waits is one list, and a silent system says so', async ({ page }) => {
  await signIn(page)
  await page.goto(stack.web + '/console/#/window/today')
  await expect(page.getByTestId('elsewhere')).toContainText('办不成事反映系统', { timeout: 30_000 })
  await picture(page, 'today-elsewhere')
  await page.getByRole('navigation', { name: '业务' }).getByRole('link', { name: '全部待办' }).click()
  const list = page.getByRole('table', { name: '全部待办' })
  const report = list.getByRole('row', { name: /BBC2026000001/ })
  for (const system of ['综合窗口', '一件事', '不动产', '办不成事']) await expect(list.getByRole('cell', { name: system, exact: true }).first()).toBeVisible()
  await report.getByRole('link').click()
  await expect(page.getByTestId('matter-no')).toHaveText('BBC2026000001') // opened in its place
  await clean(page, 'todo')
  await picture(page, 'todo')
  const there = await opened(page, 'todo-door')
  await expect(there).toHaveURL(cannot + '/')
  await there.close()

  await hand(cannot, '/faults', { fault: 'outage' })
  await expect(page.getByTestId('silent-cannot')).toContainText('没有应答', { timeout: 60_000 })
  await expect(report).toBeVisible()
  await expect(list.getByRole('cell', { name: '综合窗口', exact: true }).first()).toBeVisible()
  await clean(page, 'todo')
  await picture(page, 'todo-silent')
  await hand(cannot, '/faults', { fault: '' })

  await page.getByTestId('source-window').click()
  await list.getByRole('link').first().click()
  await expect(page).toHaveURL(/#\/window\/case\//)
})

test('the inquiry machine', async ({ page }) => {
  const { case_no: no, check_code: code } = await new Applicant(kiosk).handIn({ person: 'dilnur', item: 'glbt' })
  await page.goto(inquiry)
  const ask = async (c: string) => {
    await page.getByLabel('办件编号').fill(no)
    await page.getByLabel('查询码').fill(c)
    await page.getByRole('button', { name: '查' }).click()
  }
  await expect(async () => {
    await ask(code)
    await expect(page.getByRole('status')).toContainText(no, { timeout: 1000 })
  }).toPass({ timeout: 20_000 })
  await ask('000000')
  await expect(page.getByRole('status')).toContainText('没有查到')
})
