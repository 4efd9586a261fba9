import type { Page } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Office } from './office'
import { clean, expect, test } from './stack'

// The counter as a clerk works at it (综合窗口验收): by keyboard alone, from the call to the acceptance slip. An office of its own.
test.use({ viewport: { width: 1440, height: 900 } })
test.describe.configure({ mode: 'serial' })

const office = new Office(true)
const pictures = process.env.PICTURES
const item = 'glbt' // 80周岁以上老年人高龄津贴发放
let page: Page
let n = 0

const picture = async (name: string) => {
  if (!pictures) return
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `window-${String(++n).padStart(2, '0')}-${name}.png`) })
}
/** A number of the county that does not exist, with its check digit. */
function idNumber(birth: string, seq: string) {
  const head = '510799' + birth + seq
  const sum = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2].reduce((s, w, i) => s + w * Number(head[i]), 0)
  return head + '10X98765432'[sum % 11]
}
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP8//8/A27AhEduBEsDAKXjAxF9kqZqAAAAAElFTkSuQmCC', 'base64')

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000)
  await office.open()
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await page.goto(office.web + '/console/')
  await page.getByTestId('login').fill('clerk')
  await page.getByTestId('password').fill(office.first('clerk'))
  await page.getByTestId('sign-in').click()
  await expect(page.locator('[data-screen="today"]')).toBeVisible()
})
test.afterAll(async () => {
  await page?.context().close()
  await office.close()
})

async function identify(name: string, id: string) {
  await page.getByTestId('who-name').fill(name)
  await page.getByTestId('who-id').fill(id)
  await page.getByTestId('who-reason').fill('身份证在补办')
  await page.keyboard.press('Control+Enter')
  await expect(page.locator('[data-screen="visit"][data-state="open"]')).toBeVisible()
}
async function begin(code: string) {
  await page.getByTestId('find-item').fill(code)
  await expect(page.getByTestId('item-' + code)).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-screen="register"]')).toBeVisible()
}
/** Answers with the first choice until nothing is asked any more. */
async function answer() {
  let keys = 0
  for (; keys < 9; keys++) {
    const question = page.getByTestId('question')
    if (!(await question.count())) break
    const before = await question.textContent()
    await page.keyboard.press('1')
    await expect.poll(async () => ((await question.count()) ? await question.textContent() : '')).not.toBe(before)
  }
  return keys
}

test('the day: whom to call, what goes wrong first, entries that stay', async () => {
  const sit = page.locator('[data-testid^="sit-"]:not([disabled])').first()
  if (await sit.count()) await sit.click()
  await expect(page.getByTestId('call-head')).toBeVisible()
  await clean(page, 'today')
  await picture('today')
  await page.getByTestId('edit-pins').click()
  await page.getByTestId('pin-/window/closed').check()
  await page.getByTestId('pins-done').click()
  await page.reload()
  await expect(page.getByTestId('pins')).toContainText('办结的')
})

test('the floating window opens on any page, moves, folds and begins a registration', async () => {
  await page.goto(office.web + '/console/#/window')
  const float = page.getByTestId('float')
  await expect(float).toBeVisible()
  const before = (await float.boundingBox())!
  await page.getByTestId('float-grip').focus()
  await page.keyboard.press('ArrowRight')
  expect((await float.boundingBox())!.x).toBeGreaterThan(before.x)
  if ((await page.getByTestId('float-fold').getAttribute('aria-expanded')) === 'false') await page.getByTestId('float-fold').click()
  await clean(page, 'inbox with the floating window')
  await page.getByTestId('float-register').click()
  await expect(page.locator('[data-screen="intake"]')).toBeVisible()
  await clean(page, 'intake')
  await picture('intake')
})

test('one person, a matter from the call to the acceptance slip, by keyboard', async () => {
  test.setTimeout(180_000)
  await page.goto(office.web + '/console/#/window/today')
  let actions = 0
  if (await page.getByTestId('call').count()) {
    await page.keyboard.press('F2')
    await expect(page.locator('[data-screen="visit"]')).toBeVisible()
    actions++
    await identify('张晓岚', idNumber('19400307', '002'))
  } else {
    await page.goto(office.web + `/console/#/window/intake?item=${item}`)
    await page.getByTestId('who-name').fill('张晓岚')
    await page.getByTestId('who-id').fill(idNumber('19400307', '002'))
    await page.getByTestId('who-reason').fill('身份证在补办')
    await page.keyboard.press('Control+Enter')
  }
  actions++
  if (await page.locator('[data-screen="visit"]').count()) {
    await clean(page, 'visit')
    await picture('visit')
    await begin(item)
  }
  await expect(page.locator('[data-screen="register"]')).toBeVisible()
  actions++
  await clean(page, 'situation')
  await picture('situation')
  actions += await answer()
  await page.keyboard.press('Control+Enter')
  actions++
  await expect(page.locator('[data-screen="register"]')).toHaveAttribute('data-step', 'materials')
  for (let i = 0; i < 8; i++) {
    const lack = page.locator('.pick:has(.came.lack)').first()
    if (!(await lack.count())) break
    await lack.click()
    const left = await page.locator('.pick:has(.came.lack)').count()
    await page.getByTestId('file').setInputFiles({ name: 'page.png', mimeType: 'image/png', buffer: png })
    await expect.poll(() => page.locator('.pick:has(.came.lack)').count()).toBeLessThan(left)
    actions++
  }
  await clean(page, 'materials')
  await picture('materials')
  await page.keyboard.press('Control+Enter')
  actions++
  await expect(page.locator('[data-screen="register"]')).toHaveAttribute('data-step', 'form')
  await clean(page, 'form')
  await picture('form')
  await page.reload() // what was typed and brought is there again
  await expect(page.getByTestId('step-review')).toBeVisible()
  await page.keyboard.press('Control+4')
  await expect(page.getByTestId('verdict')).toBeVisible()
  await clean(page, 'pre-review')
  await picture('pre-review')
  await page.keyboard.press('n') // 一次性告知
  await expect(page.locator('[data-screen="case"]')).toHaveAttribute('data-act', 'notice')
  await picture('notice')
  console.log('actions so far:', actions)
})

test('a registration is parked with what it waits for, found on the shelf and resumed', async () => {
  await page.goto(office.web + '/console/#/window/visit')
  await expect(page.locator('[data-screen="visit"][data-state="open"]')).toBeVisible()
  await begin(item)
  await page.keyboard.press('1')
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
})
