import type { Browser, Page } from '@playwright/test'
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Clerk } from './clerk'
import { Office } from './office'
import { expect, test } from './stack'

// The demonstration (现场演示): one licence from the ticket to the archive, as deploy/docs/demo.md tells it, step by step. DEMO_PICTURES
// is the folder into which each step is drawn; the script's pictures are made so.
const office = new Office(true)
const folder = process.env.DEMO_PICTURES
const viewport = { width: 1440, height: 900 }
let n = 0

/** The next picture; one that comes between two steps keeps their numbers. */
async function picture(page: Page, name: string, between = '') {
  if (!between) n++
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${String(n).padStart(2, '0')}${between}-${name}.png`) })
}
async function as(browser: Browser, login: string, path: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport, acceptDownloads: true })).newPage()
  await office.signIn(page, login)
  await page.goto(`${office.web}/console/#${path}`)
  return page
}
/** Every document of a case, as the public page verifies it. */
async function verifies(page: Page, no: string, shown?: (p: Page) => Promise<void>) {
  const { documents } = (await (await page.request.get(`${office.web}/api/staff/v1/window/cases/${no}`)).json()) as { documents: { id: string; title: string; verify_code: string }[] }
  const anybody = await page.context().newPage()
  for (const d of documents) {
    await anybody.goto(`${office.web}/v/${d.verify_code}`)
    await expect(anybody.locator('[data-verdict="valid"]'), d.title).toBeVisible()
  }
  await shown?.(anybody)
  await anybody.close()
  return documents.map((d) => d.title)
}

test.beforeAll(async () => {
  test.setTimeout(240_000)
  await office.open()
  office.morning()
})
test.afterAll(() => office.close())

test('from the ticket to the archive', async ({ browser }) => {
  test.setTimeout(420_000)
  const clerk = new Clerk(office)
  await clerk.arrive(browser)
  const { page } = clerk
  let no = ''

  await test.step('a ticket is taken and called, the card is read', async () => {
    await clerk.arrival('A')
    await picture(page, 'today')
    await clerk.receive('zhou')
    await picture(page, 'visit')
  })

  await test.step('questions, papers, form', async () => {
    await clerk.begin('spjy')
    await picture(page, 'situation')
    await clerk.situation(['1', '1', '1', '1', '1'])
    await expect(page.getByTestId('paper-licence')).toContainText('免交')
    await picture(page, 'materials')
    await clerk.materials(['health'], { layout: 'lease', rules: 'application' })
    await picture(page, 'papers', 'a')
    await clerk.form('pad', () => picture(clerk.pad, 'signing', 'b'))
  })

  await test.step('the pre-review says what is missing; a paper may come later against a promise', async () => {
    await picture(page, 'pre-review')
    await clerk.review()
    no = await clerk.accept('tolerate')
    await expect(page.getByTestId('done')).toContainText('容缺受理通知书')
    await picture(page, 'accepted')
    await clerk.press('Escape')
    const [popup] = await Promise.all([page.waitForEvent('popup'), clerk.press('F9')])
    await popup.close()
    await picture(page, 'receipt')
  })

  await test.step('the province knows of it, with no click', async () => {
    const exchange = await as(browser, 'exchange', `/province/messages?q=${no}`)
    await expect(exchange.locator('[data-state="confirmed"]').first()).toBeVisible({ timeout: 60_000 })
    await picture(exchange, 'province')
    await exchange.context().close()
  })

  const desk = await as(browser, 'approver2', '/desk?tab=sign')
  await test.step('the department signs for it and stops the clock for an appraisal, with a written notice', async () => {
    await expect(desk.getByTestId('task-no')).toHaveText(no)
    await picture(desk, 'sign')
    await desk.keyboard.press('a')
    await desk.keyboard.press('Control+Enter')
    await expect(desk.getByTestId('task-state')).toHaveAttribute('data-state', 'reviewing')
    await desk.keyboard.press('p')
    await desk.getByTestId('procedure').selectOption('appraisal')
    await desk.getByTestId('reason').fill('送检验机构鉴定加工间，五个工作日')
    await desk.keyboard.press('Control+Enter')
    await expect(desk.getByTestId('done')).toContainText('特别程序')
    await picture(desk, 'stopped')
    await desk.getByTestId('way-resume').click()
    await desk.keyboard.press('Control+Enter')
    await expect(desk.getByTestId('done')).toContainText('恢复')
    await expect(desk.getByTestId('way-pause')).toBeVisible() // the case has come back as it is now
    await picture(desk, 'resumed', 'a')
  })

  await test.step('the paper that was promised comes', async () => {
    await page.goto(`${office.web}/console/#/window/case/${no}`)
    await page.getByTestId('choose-supply').click()
    const file = page.locator('input[type=file]').first()
    await file.setInputFiles({ name: 'health.png', mimeType: 'image/png', buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP8//8/A27AhEduBEsDAKXjAxF9kqZqAAAAAElFTkSuQmCC', 'base64') })
    await expect(page.locator('[data-testid="paper"][data-drawn="true"]')).toBeVisible()
    await picture(page, 'supplied')
    await page.keyboard.press('Control+Enter')
    await expect(page.getByTestId('done')).toBeVisible()
  })

  await test.step('every point looked at, the licence is granted', async () => {
    const open = desk.locator('[data-testid^="tick-"]:not(:checked)')
    for (let left = await open.count(); left > 0; left--) {
      await desk.keyboard.press('Space')
      await expect(open).toHaveCount(left - 1)
    }
    await expect(desk.getByTestId('way-grant')).toBeVisible() // the paper that came is known here by itself
    await desk.keyboard.press('y')
    await picture(desk, 'granting')
    await desk.keyboard.press('Control+Enter')
    await desk.getByTestId('tab-done').click()
    await expect(desk.locator(`[data-task="${no}"]`)).toContainText('已决定')
    await desk.context().close()
  })

  await test.step('handed over by its code, signed for, rated with five', async () => {
    await expect(async () => {
      const all = (await (await fetch(`${office.sms}/messages?phone=13908162150`)).json()) as { text: string }[]
      expect(all.some((m) => m.text.includes(no) && /取件码 \d{6}/.test(m.text))).toBe(true)
    }).toPass({ timeout: 30_000 })
    const all = (await (await fetch(`${office.sms}/messages?phone=13908162150`)).json()) as { text: string }[]
    const code = /取件码 (\d{6})/.exec(all.map((m) => m.text).find((t) => t.includes(no) && t.includes('取件码'))!)![1]!
    await page.goto(office.web + '/console/#/issuing')
    await page.getByTestId('pickup').fill(code)
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('record-no')).toHaveText(no)
    await page.getByTestId('read-card').click()
    await clerk.hands.putCard('zhou')
    await expect(page.getByTestId('step-recipient')).toContainText('读卡核对本人')
    await clerk.hands.takeCard()
    for (const box of await page.getByTestId('step-read').getByRole('checkbox').all()) await box.check()
    await page.getByTestId('read').click()
    await page.getByTestId('sign-there').click()
    await clerk.signature()
    await page.getByTestId('certificate').fill('JY15107990000019')
    await picture(page, 'handing-over')
    await page.keyboard.press('Control+Enter')
    await page.getByTestId('rate-there').click()
    await clerk.pad.bringToFront()
    await clerk.pad.locator('[data-level="5"]').click()
    await page.bringToFront()
    await expect(page.getByTestId('done')).toContainText('他评了 5 级')
    await expect(page.getByText('，用过了')).toBeVisible()
    await picture(page, 'rated')
  })

  await test.step('filed; the package and every document verify', async () => {
    await page.goto(`${office.web}/console/#/issuing?tab=file&at=${no}`)
    await page.getByTestId('file').click()
    await page.getByTestId('archive-no').click()
    await expect(page.getByTestId('holds')).toContainText('一个字节没变')
    await picture(page, 'archive')
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('save-package').click()])
    const whole = test.info().outputPath('whole.zip')
    await file.saveAs(whole)
    const key = (await page.getByTestId('signer').textContent())!
    const checked = spawnSync('bin/tongban-central', ['check', 'archive', '--key', key, whole], { encoding: 'utf8' })
    expect([checked.status, checked.stdout.trim().split('\n').at(-1)]).toEqual([0, 'valid'])
    const titles = await verifies(page, no, (p) => picture(p, 'verified'))
    for (const t of ['收件凭证', '容缺受理通知书', '接待回执', '特别程序告知书', '恢复计时告知书', '送达回证']) expect(titles).toContain(t)
  })
  await clerk.leave()
})
