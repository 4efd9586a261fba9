import type { Browser, Page } from '@playwright/test'
import { Office } from './office'
import { clean, expect, test } from './stack'

// Numbers that can be traced (统计验收): on a made-up history, in a centre of its own.
const office = new Office(true)
test.beforeAll(async () => {
  test.setTimeout(240_000)
  await office.open()
  office.seed(3000)
})
test.afterAll(() => office.close())

async function as(browser: Browser, login: string, viewport = { width: 1440, height: 900 }): Promise<Page> {
  const page = await (await browser.newContext({ viewport, acceptDownloads: true })).newPage()
  await office.signIn(page, login)
  return page
}
const open = (page: Page, path = '') => page.goto(`${office.web}/console/#/statistics${path}`)

test('a number with its months, its parts, its cases and a recount', async ({ browser }) => {
  const page = await as(browser, 'leader')
  await open(page)
  await expect(page.locator('[data-indicator="used"]')).toHaveAttribute('aria-current', 'true')
  await expect(page.getByTestId('answer')).toContainText('平均用掉承诺时限的多少')
  await expect(page.locator('.series circle.on')).toBeVisible()
  await clean(page, 'indicator')

  await page.keyboard.press('j')
  await expect(page.locator('[data-indicator="ontime"]')).toHaveAttribute('aria-current', 'true')
  await page.locator('[data-indicator="received"]').click()
  await page.keyboard.press('ArrowLeft')
  const whole = page.getByTestId('drill-total')
  // The month before: its number and the list under it come apart, and say the same in the end.
  const number = page.locator('.number h1 strong')
  const total = async () => Number((await whole.textContent())!.replaceAll(',', ''))
  await expect.poll(async () => (await number.textContent()) === `${(await total()).toLocaleString('en-US')} 件`).toBe(true)
  const n = await total()
  expect(n).toBeGreaterThan(50)
  await page.keyboard.press('5') // by channel
  await expect(page.getByRole('row').filter({ hasText: '窗口' }).first()).toBeVisible()
  const parts = await page.locator('.parts tbody tr td:nth-child(2)').allTextContents()
  expect(parts.reduce((sum, p) => sum + Number(p.replaceAll(',', '')), 0)).toBe(n)
  await page.locator('.parts tbody tr a').first().click()
  await expect(page.getByRole('heading', { name: /钻到件：(?!全部)/ })).toBeVisible()
  await clean(page, 'drilled')
  await page.keyboard.press('v')
  await expect(page.getByTestId('recounted')).toContainText('差 0')
  await page.keyboard.press('t')
  await expect(page.locator('table.months tbody tr')).toHaveCount(18)
  await clean(page, 'as a table')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export').click()])
  expect(file.suggestedFilename()).toBe('received.xlsx')
  await page.context().close()
})

test('the windows of one day', async ({ browser }) => {
  const page = await as(browser, 'leader', { width: 1920, height: 1080 })
  await open(page, '/windows')
  await expect(page.locator('[data-screen="statistics-windows"]')).toBeVisible()
  await clean(page, 'windows of a day')
  await page.context().close()
})

test('a data service is defined and shows its last run', async ({ browser }) => {
  const page = await as(browser, 'leader')
  await open(page, '/services')
  await expect(page.getByText('还没有数据服务').first()).toBeVisible()
  await clean(page, 'no data service')
  await page.getByTestId('new-service').click()
  await page.getByTestId('service-title').fill('各部门收件')
  await clean(page, 'a new data service')
  await page.getByTestId('save-service').click()
  await expect(page.getByText('各部门收件', { exact: true })).toBeVisible()
  await expect(page.getByText('还没有算过')).toBeVisible()
  await clean(page, 'data services')
  await page.context().close()
})
