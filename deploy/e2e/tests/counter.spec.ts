import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Clerk } from './clerk'
import { Office } from './office'
import { clean, expect, test } from './stack'

// The counter as a clerk works at it (综合窗口): by keyboard alone, from the call to the acceptance slip. An office of its own, at ten
// in the morning.
test.describe.configure({ mode: 'serial' })

const office = new Office(true)
const pictures = process.env.PICTURES
let clerk: Clerk
let n = 0

const picture = async (name: string) => {
  if (!pictures) return
  mkdirSync(pictures, { recursive: true })
  for (const [w, h] of [[1440, 900], [1366, 768], [1920, 1080]] as const) {
    await clerk.page.setViewportSize({ width: w, height: h })
    await clerk.page.screenshot({ path: join(pictures, `${String(n).padStart(2, '0')}-${name}-${w}.png`) })
  }
  n++
  await clerk.page.setViewportSize({ width: 1440, height: 900 })
}

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000)
  await office.open()
  office.morning()
  clerk = new Clerk(office)
  await clerk.arrive(browser)
})
test.afterAll(async () => {
  await clerk?.leave()
  await office.close()
})

test('the day: whom to call, what goes wrong first, entries that stay', async () => {
  await clean(clerk.page, 'today, nobody waits')
  await picture('today-empty')
  await clerk.arrival('M')
  await clean(clerk.page, 'today')
  await picture('today')
  await clerk.page.getByTestId('edit-pins').click()
  await clerk.page.getByTestId('pin-/window/closed').check()
  await clerk.page.getByTestId('pins-done').click()
  await clerk.page.reload()
  await expect(clerk.page.getByTestId('pins')).toContainText('办结的')
})

test('the floating window opens on any page, moves, folds and begins a registration', async () => {
  const { page } = clerk
  await page.goto(office.web + '/console/#/window')
  const float = page.getByTestId('float')
  await expect(float).toBeVisible()
  const before = (await float.boundingBox())!
  await page.getByTestId('float-grip').focus()
  await page.keyboard.press('ArrowLeft')
  expect((await float.boundingBox())!.x).toBeLessThan(before.x)
  if ((await page.getByTestId('float-fold').getAttribute('aria-expanded')) === 'false') await page.getByTestId('float-fold').click()
  await clean(page, 'inbox with the floating window')
  await page.getByTestId('float-register').click()
  await expect(page.locator('[data-screen="intake"]')).toBeVisible()
  await clean(page, 'intake')
  await picture('intake')
  await page.getByTestId('float-fold').click()
  await clerk.today()
})

test('one person, from the call to the slip and one receipt, by keyboard', async () => {
  test.setTimeout(180_000)
  const { page } = clerk
  clerk.actions = 0
  await clerk.receive('dilnur')
  await clean(page, 'visit')
  await picture('visit')
  await clerk.begin('glbt')
  await clean(page, 'situation')
  await picture('situation')
  await clerk.situation()
  await clean(page, 'materials')
  await picture('materials')
  await clerk.materials([], { hukou: 'hukou' })
  await clean(page, 'form')
  await picture('form')
  await page.reload() // what was typed and brought is there again
  await clerk.form('pad')
  await clean(page, 'pre-review')
  await picture('pre-review')
  await clerk.review()
  const no = await clerk.accept()
  await picture('accepted')
  await expect(page.getByTestId('done')).toContainText('受理通知书')
  expect(clerk.actions, 'actions from the call to the slip, the call among them').toBeLessThanOrEqual(12)

  await clerk.press('Escape')
  await expect(page.locator('[data-screen="visit"]')).toContainText(no)
  await picture('visit-one-done')
  const [popup, paper] = await Promise.all([page.waitForEvent('popup'), page.waitForResponse((r) => r.url().endsWith('/receipt') && r.request().method() === 'POST'), clerk.press('F9')])
  expect(((await paper.json()) as { no: string }).no).toContain('接〔')
  await popup.close()
  await clerk.press('F10')
  await expect(page.locator('[data-screen="today"]')).toBeVisible()
})

test('a passport is drawn through its reader; who has another document is typed, and why is kept', async () => {
  const { page } = clerk
  await clerk.arrival('M')
  await clerk.present('muster')
  await expect(page.locator('[data-screen="visit"]')).toContainText('读护照')
  await expect(page.getByTestId('visit-name')).toHaveText('SAMPLE PERSON TWO')
  await clean(page, 'visit of a passport')
  await picture('visit-passport')
  await clerk.press('F10')
  await expect(page.locator('[data-screen="today"]')).toBeVisible()

  await clerk.arrival('M')
  await clerk.press('F2')
  await expect(page.getByTestId('identify')).toBeVisible()
  await picture('identify')
  await page.keyboard.press('t')
  await page.getByTestId('who-name').fill('张证')
  await page.locator('#who-kind').selectOption('hkmo')
  await page.getByTestId('who-id').fill('H51079903')
  await page.getByTestId('who-reason').fill('通行证磨花了读不出')
  await clean(page, 'typed')
  await page.keyboard.press('Control+Enter')
  await expect(page.locator('[data-screen="visit"][data-state="open"]')).toContainText('手工输入')
  await clerk.press('F10')
  await expect(page.locator('[data-screen="today"]')).toBeVisible()
})

test('a registration is parked with what it waits for, found on the shelf and resumed', async () => {
  const { page } = clerk
  await clerk.arrival('M')
  await clerk.receive('zhou')
  await clerk.begin('glbt')
  await page.keyboard.press('F4')
  await page.getByTestId('reason').fill('等他回去拿材料')
  await page.keyboard.press('Control+Enter')
  await expect(page.locator('[data-screen="visit"]')).toBeVisible()
  await page.goto(office.web + '/console/#/window/parked')
  await expect(page.getByTestId('shelf')).toContainText('等他回去拿材料')
  await clean(page, 'parked shelf')
  await picture('parked')
  await page.getByTestId('resume').click()
  await expect(page.locator('[data-screen="register"]')).toBeVisible()
  await clerk.press('Escape')
  await clerk.press('F10')
})
