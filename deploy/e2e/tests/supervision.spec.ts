import type { Browser, Page } from '@playwright/test'
import { Applicant } from './applicant'
import { Office } from './office'
import { clean, expect, test } from './stack'

// Scenario 3: a case that nobody answers gets a yellow card one working day before its limit, a red one after it; the clerk answers,
// the inspector judges, and a cancelled card stays in the list. The centre's clock is moved day by day.
const office = new Office(true)
const size = { width: 1440, height: 900 }
test.beforeAll(async () => {
  test.setTimeout(180_000)
  await office.open()
})
test.afterAll(() => office.close())

async function as(browser: Browser, login: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport: size })).newPage()
  await page.goto(office.web + '/console/')
  await page.getByTestId('login').fill(login)
  await page.getByTestId('password').fill(office.first(login))
  await page.getByTestId('sign-in').click()
  await expect(page.locator('nav a').first()).toBeVisible()
  return page
}

const cards = (page: Page) => page.locator('[data-screen="cards"] tbody tr[data-row]')

/** Moves the clock by whole days until a card of the level stands in the list of a fresh sign-in. */
async function until(browser: Browser, login: string, level: string): Promise<Page> {
  for (let day = 0; day < 12; day++) {
    office.pass(24 * 60)
    const page = await as(browser, login)
    await page.goto(office.web + '/console/#/supervision')
    const there = await page.locator('.level.' + level).first().waitFor({ timeout: 5000 }).then(() => true, () => false)
    if (there) return page
    await page.context().close()
  }
  throw new Error(`no ${level} card in 12 days`)
}

test('a card warns before the limit, turns red after it, is answered, judged and cancelled', async ({ browser }) => {
  test.setTimeout(240_000)
  const done = await new Applicant(office.terminals[0]!).handIn({ person: 'zhou', item: 'cbzm' })
  const watcher = await as(browser, 'supervisor')
  await watcher.goto(office.web + '/console/#/supervision/monitor?tab=recent')
  await expect(watcher.locator('[data-screen="monitor"]')).toContainText(done.case_no)
  await clean(watcher, 'monitor')
  await watcher.context().close()

  const warned = await until(browser, 'clerk', 'yellow')
  await expect(cards(warned).first()).toContainText('答复期余 1 工作日')
  await warned.goto(office.web + '/console/#/messages')
  await expect(warned.locator('[data-screen="letters"]')).toContainText('黄牌')
  await clean(warned, 'letters')
  await warned.context().close()

  const clerk = await until(browser, 'clerk', 'red')
  await cards(clerk).filter({ hasText: '红牌' }).first().click()
  await expect(clerk.getByTestId('card')).toContainText('视为受理')
  await clean(clerk, 'cards')
  await clerk.getByTestId('card-text').fill('漏看了终端收来的件，今天上午答复申请人')
  await clerk.getByTestId('card-go').click()
  await expect(clerk.getByTestId('card-state')).toHaveText('待审答复')

  const inspector = await as(browser, 'inspector')
  await inspector.goto(office.web + '/console/#/supervision?tab=replied')
  await expect(inspector.getByTestId('card')).toContainText('漏看了终端收来的件')
  await inspector.getByTestId('act-cancel').check()
  await inspector.getByTestId('card-text').fill('终端网络中断，件晚到，不是经办人的责任')
  await inspector.getByTestId('card-go').click()
  await inspector.getByTestId('tab-cancelled').click()
  await expect(cards(inspector)).toContainText(['红牌'])
  await inspector.goto(office.web + '/console/#/supervision/rules')
  await inspector.getByTestId('percent-near').fill('70')
  await inspector.getByTestId('save-rules').click()
  await inspector.getByTestId('reason').fill('试行提早提醒')
  await inspector.getByTestId('go').click()
  await expect(inspector.locator('[data-screen="rules"]')).toContainText('第 1 版')
  await clean(inspector, 'rules')
  await inspector.goto(office.web + '/console/#/messages/texts')
  await expect(inspector.locator('[data-screen="texts"]')).toBeVisible()
  await clean(inspector, 'texts')
  await inspector.goto(office.web + '/console/#/messages/scenes')
  await clean(inspector, 'scenes')
})
