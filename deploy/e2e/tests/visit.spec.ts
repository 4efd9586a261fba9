import { clean, desk, Devices, expect, kiosk, signIn, stack, test } from './stack'
import { handIn, stepUp } from './citizen'

const shots = process.env.TONGBAN_SHOTS

test.describe('an all-in-one kiosk', () => {
  test.use({ viewport: { width: 1080, height: 1920 } })

  test('a citizen hands in a matter, a clerk accepts it, and the citizen sees it', async ({ page, browser }) => {
    const devices = new Devices(kiosk.control)
    await stepUp(page, devices, kiosk.ui)
    const before = (await devices.slips()).length

    const seen = await handIn(page, devices, { item: 'glbt', person: 'dilnur' }, async (screen) => {
      if (shots) await page.screenshot({ path: `${shots}/kiosk-${screen}.png` })
      await clean(page, screen)
    })
    for (const screen of ['attract', 'home', 'item', 'card', 'person', 'notice', 'question', 'form', 'scan', 'sign', 'check', 'submitted']) {
      expect(seen, 'screens of the visit').toContain(screen)
    }
    const no = (await page.getByTestId('case-no').textContent())!.replaceAll(/\s/g, '')
    const code = (await page.getByTestId('check-code').textContent())!.replaceAll(/\s/g, '')
    await expect(page.getByRole('heading', { level: 1 })).toContainText('窗口已收到')
    await expect.poll(async () => (await devices.slips()).filter((s) => s.complete).length, { timeout: 15_000 }).toBeGreaterThan(before)

    // The clerk, by keyboard: open, look at every point, accept.
    const office = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const clerk = await office.newPage()
    await signIn(clerk)
    await clerk.getByTestId('search').fill(no)
    await clerk.keyboard.press('Enter')
    await clerk.getByTestId('row-' + no).click()
    await expect(clerk.locator('[data-screen="case"]')).toBeVisible()
    await clean(clerk, 'case')
    await clerk.keyboard.press('Control+Enter')
    await expect(clerk.getByTestId('decide-accept')).toBeVisible()
    await clean(clerk, 'accept')
    await clerk.keyboard.press('Control+Enter')
    await expect(clerk.getByTestId('done')).toBeVisible()
    await expect(clerk.locator('[data-screen="case"]')).toHaveAttribute('data-state', 'accepted')
    const verify = (await clerk.getByTestId('verify-code').textContent())!.trim()

    // The paper's QR, on a phone.
    const phone = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage()
    await phone.goto(stack.web + '/v/' + verify)
    await expect(phone.locator('[data-verdict="valid"]')).toBeVisible()
    await clean(phone, 'verify')

    // Rate, leave, and ask again with number and check code.
    await page.getByTestId('strong').first().click()
    await page.getByTestId('rate-5').click()
    await clean(page, 'rating')
    await page.getByTestId('rate-finish').click()
    await expect(page.locator('[data-screen="attract"]')).toBeVisible()
    await page.getByTestId('strong').first().click()
    await page.getByTestId('ask-progress').click()
    await clean(page, 'ask progress')
    await page.getByTestId('by-no').click()
    await typed(page, no.replaceAll(/[MY-]/g, ''))
    await page.getByTestId('next').click()
    await typed(page, code)
    await page.getByTestId('look-up').click()
    await expect(page.getByTestId('progress-answer')).toContainText('已受理')
    await clean(page, 'progress')
    if (shots) await page.screenshot({ path: `${shots}/kiosk-progress.png` })
    await page.getByTestId('got-it').click()
    await office.close()
  })

  test('two people sign one matter, each on their own card', async ({ page }) => {
    const devices = new Devices(kiosk.control)
    await stepUp(page, devices, kiosk.ui)
    const seen = await handIn(page, devices, { item: 'gzf', person: 'zhou', second: 'zhang', sheet: 'income' }, async (screen) => {
      if (shots && screen === 'sign') await page.screenshot({ path: `${shots}/kiosk-sign-two.png` })
    })
    expect(seen).toContain('submitted')
  })

  test('a permit that a matter does not take is said before its first question, and another matter is open', async ({ page }) => {
    const devices = new Devices(kiosk.control)
    await stepUp(page, devices, kiosk.ui)
    const strong = page.getByTestId('strong').first()
    await strong.click()
    await page.getByTestId('item-glbt').first().click()
    await strong.click()
    await devices.putCard('foreign17')
    await expect(page.locator('[data-screen="person"]')).toBeVisible({ timeout: 10_000 })
    await devices.takeCard()
    await page.getByTestId('is-me').click()
    await expect(page.locator('[data-screen="item"]').getByTestId('elsewhere')).toContainText('要用居民身份证办')
    await clean(page, 'other document')
    await page.getByTestId('back').click()
    await expect(page.getByTestId('item-glbt').first()).toBeVisible()
    await clean(page, 'home with a permit')
    await page.getByTestId('item-cbzm').first().click()
    await page.getByTestId('begin').click()
    await expect(page.locator('[data-screen="notice"]')).toBeVisible()
    await page.getByTestId('rail-exit').click()
    await page.getByTestId('exit-leave').click()
    await expect(page.locator('[data-screen="attract"]')).toBeVisible()
  })

  test('a card taken away early is said within three seconds, and the next try works', async ({ page }) => {
    const devices = new Devices(kiosk.control)
    await stepUp(page, devices, kiosk.ui)
    await page.getByTestId('strong').first().click()
    await page.getByTestId('item-glbt').first().click()
    await page.getByTestId('strong').first().click()
    await expect(page.locator('[data-screen="card"]')).toBeVisible()
    await devices.once('idcard', 'pulled')
    await devices.putCard('zhou')
    await expect(page.getByRole('heading', { level: 1 })).toContainText('拿早了', { timeout: 3500 })
    await devices.takeCard()
    await clean(page, 'card early')
    await devices.putCard('zhou')
    await expect(page.locator('[data-screen="person"]')).toBeVisible({ timeout: 10_000 })
    await devices.takeCard()
    await page.getByTestId('rail-exit').click()
  })
})

test.describe('a desktop terminal without a printer', () => {
  test.use({ viewport: { width: 1920, height: 1080 } })

  test('the same visit in landscape ends with a number and a code instead of a slip', async ({ page }) => {
    const devices = new Devices(desk.control)
    await stepUp(page, devices, desk.ui)
    await handIn(page, devices, { item: 'glbt', person: 'ma' }, async (screen) => {
      if (shots) await page.screenshot({ path: `${shots}/desk-${screen}.png` })
      await clean(page, 'desk ' + screen)
    })
    await expect(page.getByTestId('case-no')).toBeVisible()
    await expect(page.getByTestId('qr')).toBeVisible()
  })
})

async function typed(page: import('@playwright/test').Page, text: string) {
  for (const c of text) await page.getByTestId('key-' + c.toLowerCase()).or(page.getByTestId('key-' + c)).first().click()
}
