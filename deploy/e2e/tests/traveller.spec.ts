import type { Page } from '@playwright/test'
import { clean, Devices, expect, kiosk, test } from './stack'
import { stepUp } from './citizen'

// Somebody without a card of this country (持护照、通行证的人): what opens the chip is typed, the passport is laid down, and the matter begins.
test.use({ viewport: { width: 1080, height: 1920 } })

const strong = (page: Page) => page.getByTestId('strong').first()

async function type(page: Page, text: string) {
  await page.getByTestId('key-clear').click()
  for (const c of text) await page.getByTestId('key-' + c).click()
  await page.getByTestId('next').click()
}

async function toCard(page: Page, devices: Devices) {
  await stepUp(page, devices, kiosk.ui)
  await devices.paper('passport', 'none')
  await strong(page).click()
  await page.getByTestId('item-cbzm').first().click()
  await page.getByTestId('begin').click()
  await expect(page.locator('[data-screen="card"]')).toBeVisible()
}

test('a passport is read with what is typed from its page, and a wrong day is said', async ({ page }) => {
  const devices = new Devices(kiosk.control)
  const screen = page.locator('[data-screen="document"]')
  await toCard(page, devices)
  await clean(page, 'card with another way')
  await page.getByTestId('by-document').click()
  await expect(screen).toHaveAttribute('data-step', 'number')
  await page.getByTestId('next').click()
  await expect(page.getByTestId('error-number')).toBeVisible()
  await clean(page, 'number missing')
  await type(page, 'E51079901')
  await expect(screen).toHaveAttribute('data-step', 'birth')
  await type(page, '19900230')
  await expect(page.getByTestId('error-birth')).toContainText('没有这一天')
  await clean(page, 'no such day')
  await type(page, '19900111')
  await type(page, '20310520')
  await expect(screen).toHaveAttribute('data-phase', 'waiting')
  await clean(page, 'passport is waited for')
  await devices.paper('passport', 'xie')
  await expect(page.getByTestId('not-opened')).toContainText('没有打开', { timeout: 10_000 })
  await clean(page, 'not opened')

  // What was typed is still there.
  await expect(page.getByTestId('field-number')).toContainText('E51079901')
  await page.getByTestId('next').click()
  await type(page, '19900101')
  await type(page, '20310520')
  await expect(page.locator('[data-screen="person"]')).toBeVisible({ timeout: 15_000 })
  await expect(page.getByTestId('person-name')).toHaveText('谢样例')
  await expect(page.locator('[data-screen="person"]')).toContainText('证件号码')
  await clean(page, 'holder of a passport')
  await page.getByTestId('is-me').click()
  await expect(page.locator('[data-screen="notice"]')).toBeVisible()
  await page.getByTestId('rail-exit').click()
  await page.getByTestId('exit-leave').click()
  await expect(page.locator('[data-screen="card-left"]')).toContainText('护照阅读器', { timeout: 5000 })
  await clean(page, 'left behind')
  await devices.paper('passport', 'none')
  await expect(page.locator('[data-screen="attract"]')).toBeVisible()
})

test('in English and in the elderly view, a document that is not genuine is used for nothing', async ({ page }) => {
  const devices = new Devices(kiosk.control)
  await toCard(page, devices)
  await page.getByTestId('rail-language').click()
  await page.getByTestId('by-document').click()
  await clean(page, 'in English')
  await type(page, 'L898902C3')
  await type(page, '19740812')
  await type(page, '20320415')
  await devices.press('passport', 'tampered')
  await devices.paper('passport', 'muster')
  const screen = page.locator('[data-screen="document"]')
  await expect(screen).toHaveAttribute('data-phase', 'unknown', { timeout: 15_000 })
  await clean(page, 'not genuine')
  await devices.clear()
  await devices.paper('passport', 'none')
  await page.getByTestId('rail-language').click()
  await page.getByTestId('rail-elderly').click()
  await page.getByTestId('back').click()
  await expect(screen).toHaveAttribute('data-step', 'number')
  await clean(page, 'elderly')
  await page.getByTestId('back').click()
  await expect(page.locator('[data-screen="card"]')).toBeVisible()
  await clean(page, 'elderly card')
  await page.getByTestId('rail-exit').click()
  await expect(page.locator('[data-screen="attract"]')).toBeVisible()
})
