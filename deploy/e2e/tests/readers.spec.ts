import { mkdirSync } from 'node:fs'
import { clean, Devices, expect, kiosk, test } from './stack'
import { enter, fits, serviceCode } from './technician'

// The readers that a kiosk has besides the card reader (指纹仪、护照阅读器), at a technician's visit.
const pictures = process.env.PICTURES
if (pictures) mkdirSync(pictures, { recursive: true })

test.use({ viewport: { width: 1080, height: 1920 } })

test('fingers and travel documents are tested by whoever stands there', async ({ page }) => {
  const devices = new Devices(kiosk.control)
  const shot = async (what: string) => {
    await fits(page, what)
    await clean(page, what)
    if (pictures) await page.screenshot({ path: `${pictures}/kiosk-${what}.png` })
  }
  await enter(page, devices, kiosk, serviceCode(kiosk, '工单 2026-303'))
  const finger = page.getByTestId('device-fingerprint')
  const passport = page.getByTestId('device-passport')
  await expect(finger).toHaveAttribute('data-state', 'ok')
  await expect(passport).toHaveAttribute('data-state', 'ok')

  await finger.click()
  await page.getByTestId('test').click()
  await expect(page.getByTestId('ask')).toContainText('手指')
  await devices.paper('fingerprint', 'good')
  await expect(page.getByTestId('said')).toContainText('采到一枚指纹', { timeout: 20_000 })
  await expect(page.getByTestId('timings')).toContainText('≤ 2 s')
  await shot('finger')
  await devices.paper('fingerprint', 'none')

  await passport.click()
  await page.getByTestId('test').click()
  await expect(page.getByTestId('ask')).toContainText('护照')
  await shot('passport-ask')
  await devices.paper('passport', 'xie')
  await expect(page.getByTestId('said')).toContainText('芯片有应答', { timeout: 20_000 })
  await shot('passport')
  await devices.paper('passport', 'none')
  await devices.press('passport', 'cut')
  await expect(passport).toHaveAttribute('data-state', 'fault', { timeout: 15_000 })
  await expect(page.getByTestId('steps')).toBeVisible()
  await devices.clear()
  await expect(passport).toHaveAttribute('data-state', 'ok', { timeout: 20_000 })
  await page.getByTestId('leave').click()
  await expect(page.locator('[data-screen="attract"]')).toBeVisible()
})
