import type { Browser, Page } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { handIn, stepUp } from './citizen'
import { byKeys, byMouse, drawn, said, saved, title } from './drawing'
import { takesForm } from './matter'
import { Office } from './office'
import { fillPages, toForm } from './phone'
import { clean, Devices, expect, test } from './stack'

// A clerk draws an official form from an empty sheet (表单设计验收): with the mouse only, and again with the keyboard only; it is
// published, and the paper that comes out is the paper that was drawn.
test.describe.configure({ mode: 'serial' })
test.use({ actionTimeout: 10_000 })

const office = new Office(true)
const dir = mkdtempSync(join(tmpdir(), 'tongban-forms-'))
const wide = { width: 1440, height: 900 }
test.beforeAll(async () => {
  test.setTimeout(180_000)
  await office.open()
})
test.afterAll(async () => {
  await office.close()
  rmSync(dir, { recursive: true, force: true })
})

async function as(browser: Browser, login: string, viewport = wide): Promise<Page> {
  const page = await (await browser.newContext({ viewport })).newPage()
  await page.goto(office.web + '/console/')
  await page.getByTestId('login').fill(login)
  await page.getByTestId('password').fill(office.first(login))
  await page.getByTestId('sign-in').click()
  await expect(page.getByRole('link', { name: '表单' })).toBeVisible()
  return page
}
const open = async (page: Page, path: string) => page.goto(`${office.web}/console/#/forms${path}`)
const designer = (page: Page) => page.locator('[data-screen="form-designer"]')

async function publish(browser: Browser, id: string) {
  const page = await as(browser, 'publisher')
  await open(page, '/' + id)
  await expect(designer(page)).toHaveAttribute('data-state', 'submitted')
  await page.getByTestId('primary').click()
  await clean(page, 'publishing')
  await page.getByTestId('go').click()
  await expect(page.getByTestId('published')).toContainText('在用的 v')
  await page.context().close()
}

/** The printed sample as a picture; kept in the docs when PICTURES says where. */
async function printed(page: Page, id: string, name: string) {
  const res = await page.request.get(`${office.web}/api/staff/v1/forms/${id}/print?kind=sample`)
  expect(res.headers()['content-type']).toContain('application/pdf')
  const pdf = join(dir, name + '.pdf')
  writeFileSync(pdf, await res.body())
  const words = execFileSync('pdftotext', ['-layout', pdf, '-']).toString().replace(/\s+/g, '')
  for (const w of [title, '经营者名称', '统一社会信用代码', '从业人员', '健康证明编号', '本人承诺']) expect(words).toContain(w)
  picture(pdf, name)
}
function picture(pdf: string, name: string) {
  if (process.env.PICTURES) execFileSync('pdftoppm', ['-png', '-r', '80', '-f', '1', '-singlefile', pdf, join(process.env.PICTURES, name)])
}

test('with the mouse only: an empty sheet becomes the filing of a small food shop', async ({ browser }) => {
  test.setTimeout(240_000)
  const page = await as(browser, 'editor')
  await open(page, '')
  await expect(page.getByTestId('answer')).toContainText('张表在用')
  await clean(page, 'list of forms')
  await page.getByTestId('new-form').click()
  await page.getByTestId('n-title').fill(title)
  await page.getByTestId('n-id').fill('spxj-drawn')
  await clean(page, 'a new form')
  await page.getByTestId('go').click()
  await expect(page.locator('[data-page="1"]')).toBeVisible()
  await page.getByTestId('empty-sheet').click({ timeout: 3000 }).catch(() => {}) // the title block of a new form
  await clean(page, 'an empty sheet')
  await byMouse(page)
  await drawn(page)
  await page.locator('[data-cell="table1/0/1"]').click()
  await expect(page.getByTestId('p-label')).toHaveValue('经营者名称')
  await clean(page, 'an entry and its properties')
  if (process.env.PICTURES) await page.screenshot({ path: join(process.env.PICTURES, 'form-designer.png') })
  await page.getByTestId('show-list').click()
  await clean(page, 'the list of screens')
  await page.getByTestId('print').click()
  await expect(page.locator('[data-testid="paper"][data-drawn="true"]')).toBeVisible()
  await clean(page, 'the printed sample')
  await page.keyboard.press('Escape')
  await page.getByTestId('primary').click()
  await clean(page, 'handing in')
  await page.getByTestId('go').click()
  await expect(designer(page)).toHaveAttribute('data-state', 'submitted')
  await publish(browser, 'spxj-drawn')
  await printed(page, 'spxj-drawn', 'form-printed')
  await page.context().close()
})

test('with the keyboard only: the same form, in the version that the matter uses', async ({ browser }) => {
  test.setTimeout(240_000)
  const page = await as(browser, 'editor')
  await open(page, '')
  await expect(page.getByTestId('answer')).toContainText('张表在用')
  await page.keyboard.press('/')
  await page.keyboard.type('spxj-record')
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-row]')).toHaveCount(1)
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('published')).toBeVisible()
  await clean(page, 'a form in use')
  await page.keyboard.press('i')
  await expect(designer(page)).toHaveAttribute('data-state', 'editing')
  for (let i = 0; i < 3; i++) await page.keyboard.press('Escape') // nothing is chosen: the whole form
  await page.keyboard.press('Tab')
  for (let i = 0; i < 30 && !(await page.getByTestId('empty-sheet').evaluate((e) => e === document.activeElement)); i++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await said(page, '清空了纸面')
  await page.keyboard.press('Escape')
  await byKeys(page)
  await drawn(page)

  await page.keyboard.press('Control+z')
  await said(page, '撤销了')
  await page.keyboard.press('Control+y')
  await drawn(page)
  await page.keyboard.press('Control+Enter')
  await expect(page.getByTestId('go')).toBeVisible()
  await page.keyboard.press('Control+Enter')
  await expect(designer(page)).toHaveAttribute('data-state', 'submitted')
  await publish(browser, 'spxj-record')
  await page.context().close()
})

test('filled once by its designer: browser and server say the same, the paper follows', async ({ browser }) => {
  const page = await as(browser, 'editor')
  await open(page, '/spxj-record/try')
  await page.getByTestId('as-desk').click()
  await page.getByTestId('judge').click()
  await expect(page.getByTestId('verdict')).toContainText('处要改，浏览器和服务器结论一致')
  await clean(page, 'a form with faults')
  await page.getByTestId('sample').click()
  await page.getByTestId('judge').click()
  await expect(page.getByTestId('verdict')).toContainText('这样填可以提交，浏览器和服务器结论一致')
  await expect(page.locator('[data-page="1"]')).toContainText('☑ 小餐饮')
  for (const way of ['phone', 'kiosk']) {
    await page.getByTestId('as-' + way).click()
    await clean(page, 'tried as ' + way)
  }
  if (process.env.PICTURES) await page.screenshot({ path: join(process.env.PICTURES, 'form-try.png') })
  await open(page, '/spxj-record/versions')
  await expect(page.getByRole('heading', { name: /改了什么/ })).toBeVisible()
  await clean(page, 'versions')
  await page.context().close()
})

test('two people at one draft: nobody is overwritten without being asked', async ({ browser }) => {
  const [one, two] = [await as(browser, 'editor'), await as(browser, 'editor')]
  await open(one, '/spxj-record')
  await one.getByTestId('start').click()
  await expect(designer(one)).toHaveAttribute('data-state', 'editing')
  await open(two, '/spxj-record')
  await expect(designer(two)).toHaveAttribute('data-state', 'editing')
  await one.keyboard.press('ArrowDown')
  await one.keyboard.press('Control+ArrowDown')
  await saved(one)
  await two.keyboard.press('ArrowDown')
  await two.keyboard.press('Control+ArrowUp')
  await expect(two.getByTestId('conflict')).toBeVisible()
  await clean(two, 'a conflict')
  await two.getByTestId('keep-mine').click()
  await saved(two)
  await expect(two.getByTestId('conflict')).toHaveCount(0)

  await one.route('**/forms/spxj-record/draft', (r) => (r.request().method() === 'PUT' ? r.abort() : r.continue()))
  await one.reload()
  await expect(designer(one)).toHaveAttribute('data-state', 'editing')
  await one.keyboard.press('ArrowDown')
  await one.keyboard.press('Control+ArrowDown')
  await expect(one.getByTestId('not-saved')).toBeVisible()
  await clean(one, 'not saved')
  await one.unroute('**/forms/spxj-record/draft')
  await saved(one)
  await open(one, '/no-such-form')
  await expect(one.getByText('这张表没有打开')).toBeVisible()
  await clean(one, 'no such form')
  for (const p of [one, two]) await p.context().close()
})

test('on a screen of 1280, and at 200 %, every act is in reach', async ({ browser }) => {
  for (const viewport of [{ width: 1280, height: 800 }, { width: 720, height: 900 }, { width: 1920, height: 1080 }]) {
    const page = await as(browser, 'editor', viewport)
    await open(page, '/spxj-record')
    await expect(page.getByTestId('primary')).toBeInViewport({ ratio: 1 })
    await page.locator('[data-cell="table1/1/1"]').click()
    await page.getByTestId('p-label').scrollIntoViewIfNeeded()
    await expect(page.getByTestId('p-label')).toBeInViewport()
    await clean(page, `designer at ${viewport.width}`)
    await page.context().close()
  }
})

let summary = '' // by which a terminal is seen to have the version
test('the matter asks the published form: filled on a phone it comes out as the paper', async ({ browser }) => {
  test.setTimeout(240_000)
  const { version, fields, ...matter } = await takesForm(office, browser, as, 'spxj', 'spxj-record')
  summary = matter.summary
  expect(version).toBeGreaterThan(1)
  expect(fields.map((f) => f.label)).toContain('经营类别')

  const phone = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage()
  await toForm(phone, office.web + '/g/spxj')
  await phone.getByTestId('next').click()
  await expect(phone.getByTestId('faults')).toBeVisible()
  await clean(phone, 'phone: form with faults')
  await fillPages(phone)
  await expect(phone.locator('[data-step=review]')).toContainText('2026000001')
  await clean(phone, 'phone: review')
  await phone.getByTestId('finish').click()
  await expect(phone.getByTestId('checked')).toBeVisible()
  const [file] = await Promise.all([phone.waitForEvent('download'), phone.getByTestId('pdf').click()])
  const pdf = join(dir, 'phone.pdf')
  await file.saveAs(pdf)
  const words = execFileSync('pdftotext', ['-layout', pdf, '-']).toString().replace(/\s+/g, '')
  for (const w of [title, '92510799MA99DEM19P', '小餐饮', '张晓岚', '2026000001']) expect(words).toContain(w)
  picture(pdf, 'form-filled')
  await phone.context().close()
})

test('the same form on a terminal: every screen of it, and the window gets what was entered', async ({ browser }) => {
  test.setTimeout(300_000)
  const kiosk = office.terminals.find((t) => t.code.startsWith('K'))!
  const devices = new Devices(kiosk.control)
  const page = await (await browser.newContext({ viewport: { width: 1080, height: 1920 } })).newPage()
  await stepUp(page, devices, kiosk.ui)
  const told = async () => ((await (await page.request.get(new URL('/api/items/spxj', kiosk.ui).href)).json()) as { summary: string }).summary
  await expect.poll(told, { timeout: 90_000, intervals: [1000] }).toBe(summary) // it asks once a minute
  const seen = await handIn(page, devices, { item: 'spxj', find: 'spxjyd', person: 'zhou', sheet: 'property' }, async (screen) => {
    await clean(page, 'kiosk: ' + screen)
  })
  expect(seen).toContain('form')
  await expect(page.locator('[data-screen="submitted"]')).toBeVisible()
  const no = (await page.getByTestId('case-no').textContent())!.replaceAll(/\s/g, '')

  const clerk = await (await browser.newContext({ viewport: wide })).newPage()
  await clerk.goto(office.web + '/console/')
  await clerk.getByTestId('login').fill('clerk')
  await clerk.getByTestId('password').fill(office.first('clerk'))
  await clerk.getByTestId('sign-in').click()
  await expect(clerk.locator('[data-screen="inbox"], [data-screen="today"]')).toBeVisible()
  await clerk.goto(`${office.web}/console/#/window/case/${no}`)
  await expect(clerk.getByTestId('case-no')).toHaveText(no)
  for (const w of ['小餐饮', '92510799MA99DEM19P', '健康证明编号']) await expect(clerk.locator('[data-screen="case"]')).toContainText(w)
  await clean(clerk, 'the case with its form')
  for (const p of [page, clerk]) await p.context().close()
})
