import { mkdirSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { clean, desk, Devices, expect, kiosk, test } from './stack'
import { enter, fits, serviceCode } from './technician'

// The cameras that look at people (人像摄像头、视频监控仪), at a technician's visit. PICTURES keeps what deploy/docs/guide-technician.md shows.
const pictures = process.env.PICTURES
if (pictures) mkdirSync(pictures, { recursive: true })

/** Tests the opened device and waits until so many pictures are drawn. */
async function look(page: Page, kind: string, many: number) {
  await page.getByTestId(`device-${kind}`).click()
  await page.getByTestId('test').click()
  const seen = page.getByTestId('eyes').locator('img')
  await expect(seen).toHaveCount(many, { timeout: 40_000 })
  for (let i = 0; i < many; i++) await expect.poll(() => seen.nth(i).evaluate((x: HTMLImageElement) => x.naturalWidth)).toBeGreaterThan(500)
  await expect(seen.first()).toBeInViewport()
  return seen.first().evaluate((x: HTMLImageElement) => x.src)
}

test.describe('kiosk', () => {
  test.use({ viewport: { width: 1080, height: 1920 } })

  test('a technician sees through both cameras, sets the light, and none of the pictures stays', async ({ page }) => {
    test.setTimeout(240_000)
    const devices = new Devices(kiosk.control)
    const shot = async (what: string) => {
      await fits(page, what)
      await clean(page, what)
      if (pictures) await page.screenshot({ path: `${pictures}/kiosk-${what}.png` })
    }
    await enter(page, devices, kiosk, serviceCode(kiosk, '工单 2026-301'))
    const one = page.getByTestId('device-camera')
    await expect(one).toHaveAttribute('data-state', 'ok')
    await expect(page.getByTestId('device-cctv')).toHaveAttribute('data-state', 'ok')

    await look(page, 'camera', 2)
    await expect(page.getByTestId('timings')).toContainText('≥ 30 fps')
    await expect(page.getByTestId('timings')).toContainText('红外帧率')
    await shot('camera')
    const brightness = page.locator('[data-control="visible-brightness"]').getByTestId('value')
    const exposure = page.locator('[data-control="infrared-exposure"]').getByTestId('value')
    await expect(exposure).toHaveText('自动')
    const answered = () => expect(page.getByTestId('light')).not.toHaveAttribute('aria-busy', { timeout: 30_000 })
    await page.getByTestId('more-visible-brightness').click()
    await page.getByTestId('more-visible-brightness').click() // the camera sets the first of it still
    await page.getByTestId('more-infrared-exposure').click()
    await answered()
    await expect(brightness).toHaveText('16')
    await expect(exposure).toHaveText(/^\d+$/)
    await page.getByTestId('more-infrared-exposure').scrollIntoViewIfNeeded()
    await expect(page.getByTestId('eyes').locator('img').first()).toBeInViewport({ ratio: 0.9 }) // who sets the light sees the picture
    await shot('camera-light')
    await page.getByTestId('automatic').click()
    await answered()
    await expect(exposure).toHaveText('自动')
    await expect(brightness).toHaveText('0')

    const still = await look(page, 'cctv', 1)
    await expect(page.getByTestId('said')).toContainText('盖住 1 处')
    await expect(page.getByTestId('timings')).toContainText('和本机的时间差')
    await shot('cctv')
    await devices.press('cctv', 'clock')
    await page.getByTestId('test').click()
    await expect(page.getByTestId('opened')).toContainText('时间不准', { timeout: 40_000 })
    await devices.press('face', 'cut', 'infrared')
    await expect(one).toContainText('少一路画面', { timeout: 15_000 })
    await one.click()
    await expect(page.getByTestId('steps')).toContainText('两个镜头')
    await shot('camera-eye')
    await devices.clear()
    await expect(one).toHaveAttribute('data-state', 'ok', { timeout: 20_000 })

    await page.getByTestId('install').click()
    await page.getByTestId('point-shot-cctv').click()
    await page.getByTestId('install-shoot-cctv').click()
    await expect(page.getByTestId('point-shot-cctv')).toHaveAttribute('data-state', 'ok', { timeout: 30_000 })
    await shot('install-cctv')
    await page.getByTestId('install-back').click()
    await page.getByTestId('leave').click()
    await expect(page.locator('[data-screen="attract"]')).toBeVisible()
    expect(await page.evaluate(async (at) => (await fetch(at)).status, still)).toBe(404)
  })
})

test.describe('the desktop terminal', () => {
  test.use({ viewport: { width: 1920, height: 1080 } })

  test('its camera with one eye takes a face', async ({ page }) => {
    const devices = new Devices(desk.control)
    await enter(page, devices, desk, serviceCode(desk, '工单 2026-302'))
    await look(page, 'camera', 1)
    await expect(page.getByTestId('timings')).toContainText('1280 px')
    await fits(page, 'camera')
    await clean(page, 'desk camera')
    if (pictures) await page.screenshot({ path: `${pictures}/desk-camera.png` })
    await expect(page.getByTestId('device-cctv')).toHaveCount(0)
    await page.getByTestId('leave').click()
    await expect(page.locator('[data-screen="attract"]')).toBeVisible()
  })
})
