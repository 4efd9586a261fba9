import type { Browser, Page } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Applicant } from './applicant'
import { Office } from './office'
import { clean, expect, test } from './stack'

// The acceptance of the item catalogue (事项目录验收): import, export, splitting, lists, two hands. A stack of its own
// whose items may be changed.
test.use({ viewport: { width: 1440, height: 900 } })

const office = new Office(true)
const files = mkdtempSync(join(tmpdir(), 'tongban-sheets-'))
test.beforeAll(async () => {
  test.setTimeout(180_000)
  await office.open()
})
test.afterAll(async () => {
  await office.close()
  rmSync(files, { recursive: true, force: true })
})

async function as(browser: Browser, login: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true })).newPage()
  await page.goto(office.web + '/console/')
  await page.getByTestId('login').fill(login)
  await page.getByTestId('password').fill(office.first(login))
  await page.getByTestId('sign-in').click()
  await expect(page.locator('[data-screen="items"]')).toBeVisible()
  return page
}
const open = async (page: Page, path: string) => {
  await page.goto(`${office.web}/console/#/catalogue${path}`)
  await page.reload()
}
async function because(page: Page, reason: string) {
  await page.getByTestId('reason').fill(reason)
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('dialog')).toHaveCount(0)
}
const kept = (page: Page) => expect(page.getByTestId('kept')).toHaveAttribute('data-kept', 'kept')

test('rows of a spreadsheet: bad cells are named, the rest waits to be edited', async ({ browser }) => {
  const sheet = join(files, 'sample.xlsx')
  writeFileSync(sheet, execFileSync('bin/tongban-central', ['catalogue', 'sample-xlsx'], { maxBuffer: 64 << 20 })) // 30 rows: two bodies with a wrong check digit, one code twice
  const page = await as(browser, 'publisher')
  await open(page, '/import')
  await clean(page, 'import, nothing chosen')
  await page.getByTestId('file').setInputFiles(sheet)
  const bad = page.getByTestId('bad-cells')
  await expect(bad.getByRole('rowheader')).toHaveCount(3)
  for (const cell of await bad.getByRole('rowheader').all()) await expect(cell).toHaveText(/^[A-Z]{1,3}\d+$/)
  await expect(bad).toContainText('校验')
  await expect(bad).toContainText('重复')
  await expect(page.getByTestId('answer')).toContainText('27')
  await clean(page, 'bad cells')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByTestId('answer')).toContainText('新 27 个')
  await open(page, '?state=pending')
  await expect(page.getByText('27 项')).toBeVisible()
  await expect(page.getByText('待编制').first()).toBeVisible()
  await clean(page, 'items waiting to be edited')
  await page.context().close()
})

test('the list goes out in the national names and comes back without a difference', async ({ browser }) => {
  const page = await as(browser, 'publisher')
  await open(page, '/import')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export').click()])
  const sheet = join(files, 'list.xlsx')
  await download.saveAs(sheet)
  expect(readFileSync(sheet).subarray(0, 2).toString()).toBe('PK')
  await page.getByTestId('file').setInputFiles(sheet)
  await expect(page.getByTestId('answer')).toContainText('一样', { timeout: 60_000 })
  await expect(page.getByTestId('bad-cells')).toHaveCount(0)
  await clean(page, 'nothing to import')
  await page.context().close()
})

test('an item is split while cases run: they are listed and keep their version', async ({ browser }) => {
  const { case_no: no } = await new Applicant(office.terminals[0]!).handIn({ person: 'ma', item: 'ydjy' })
  const page = await as(browser, 'publisher')
  const arrived = async () => (await page.request.get(`${office.web}/api/staff/v1/catalogue/items/ydjy/running`)).text()
  await expect.poll(arrived, { timeout: 60_000 }).toContain(no) // the terminal hands in by itself
  await open(page, '/item/ydjy')
  await page.locator('details.more summary').click()
  await page.getByTestId('life-split').click()
  await expect(page.getByTestId('running')).toContainText(no)
  await expect(page.getByTestId('running')).toContainText('v1')
  await page.getByTestId('split-0').fill('跨省异地就医备案')
  await page.getByTestId('split-1').fill('省内异地就医备案')
  await clean(page, 'splitting')
  await because(page, '按情形分开办')
  await open(page, '/item/ydjy/versions')
  await expect(page.getByText('来龙去脉')).toBeVisible()
  await expect(page.getByRole('link', { name: '省内异地就医备案' })).toBeVisible()
  await clean(page, 'after the split')
  await page.context().close()
})

test('the list is used by keys alone, finds by one or two characters and by initials, and says when there is nothing', async ({ browser }) => {
  const page = await as(browser, 'editor')
  await clean(page, 'the list')
  for (const words of ['养老', 'cxjm', '低保']) {
    await page.keyboard.press('/')
    await page.keyboard.type(words)
    await page.keyboard.press('Enter')
    await expect(page.locator('tbody tr').first()).toBeVisible()
  }
  await page.keyboard.press('/')
  await page.keyboard.type('没有这样的事项')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: '没有查到“没有这样的事项”' })).toBeVisible()
  await clean(page, 'nothing found')
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  const at = page.locator('tr.current')
  await expect(at.getByRole('link')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-screen="item"]')).toBeVisible()
  await page.keyboard.press('g')
  await expect(page.getByTestId('group-body')).toHaveAttribute('aria-current', 'true')
  await page.keyboard.press('Escape')
  await expect(page.locator('[data-screen="items"]')).toBeVisible()
  await page.context().close()
})

test('a paper leads to the items that ask for it, what is missing is counted by element', async ({ browser }) => {
  const page = await as(browser, 'reviewer')
  await open(page, '/materials')
  await page.getByTestId('find-material').fill('户口簿')
  await page.keyboard.press('Enter')
  await expect(page.locator('aside.pane').getByRole('link').first()).toBeVisible()
  await clean(page, 'materials')
  await page.locator('aside.pane').getByRole('link').first().click()
  await expect(page.locator('[data-screen="item"]')).toBeVisible()
  await expect(page.getByTestId('group-material')).toHaveAttribute('aria-current', 'true')
  for (const [path, what] of [['/completeness', 'completeness'], ['/checks', 'checks'], ['/basic', 'basic list']] as const) {
    await open(page, path)
    await expect(page.getByTestId('answer')).not.toHaveText('　')
    await clean(page, what)
  }
  await page.context().close()
})

test('somebody else saved first: nothing is lost or written over, a save that fails is tried again', async ({ browser }) => {
  const [one, two] = [await as(browser, 'editor'), await as(browser, 'editor')]
  await open(one, '/item/lhjy')
  await one.getByTestId('act-draft').click()
  await because(one, '年度复核')
  await open(one, '/item/lhjy?group=contact')
  await open(two, '/item/lhjy?group=contact')
  const phone = (p: Page) => p.locator('#e-LINK_WAY')
  await phone(one).fill('0816-0000001 窗口')
  await kept(one)
  await phone(two).fill('0816-0000002 窗口')
  await expect(two.getByTestId('other-first')).toBeVisible()
  await expect(phone(two)).toHaveValue('0816-0000002 窗口')
  await clean(two, 'somebody else was first')
  await two.getByTestId('take-theirs').click()
  await expect(phone(two)).toHaveValue('0816-0000001 窗口')

  let down = true
  await two.route('**/draft/save', (route) => (down ? route.abort() : route.continue()))
  await phone(two).fill('0816-0000003 窗口')
  await expect(two.getByRole('alert')).toContainText('网络断了')
  await clean(two, 'not kept')
  down = false
  await two.getByRole('button', { name: '再存一次' }).click()
  await kept(two)
  await two.getByTestId('group-contact').focus()
  await two.keyboard.press('Control+z')
  await expect(phone(two)).toHaveValue('0816-0000001 窗口')
  await two.setViewportSize({ width: 720, height: 450 }) // 200 % of 1440
  await expect(two.getByTestId('act-submit')).toBeVisible()
  expect(await two.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(720)
  await clean(two, 'at 200 %')
  for (const p of [one, two]) await p.context().close()
})
