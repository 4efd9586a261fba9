import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { clean, desk, Devices, expect, fillSignIn, kiosk, stack, test, type Terminal } from './stack'
import { enter, fits, serviceCode } from './technician'

// The installation of a terminal (安装验收): a technician goes through the check-list without a network, signs, and what he found is at the
// office when the network is back; after the repair he signs again, and the office takes the terminal over. PICTURES keeps what
// deploy/docs/guide-technician.md and guide-operator.md show.
const pictures = process.env.PICTURES
if (pictures) mkdirSync(pictures, { recursive: true })

/** The network of the hall is gone: what is sent to the centre is not answered, until it is back. */
const network = (on: boolean) => execFileSync('pkill', [on ? '-CONT' : '-STOP', '-f', `serve --data ${join(stack.dir, 'central')} `])

async function begin(page: Page, devices: Devices, terminal: Terminal, code: string) {
  await enter(page, devices, terminal, code)
  await page.getByTestId('install').click()
  await expect(page.locator('[data-screen="installation"]')).toBeVisible()
}

async function goHome(page: Page) {
  await page.getByTestId('install-back').click()
  await page.getByTestId('leave').click()
  await expect(page.locator('[data-screen="attract"]')).toBeVisible()
}

async function measure(page: Page, point: string, value: string) {
  await page.getByTestId(`point-${point}`).click()
  for (const c of value) await page.getByTestId(`key-${c}`).click()
  await page.getByTestId('install-keep').click()
  await expect(page.getByTestId(`point-${point}`)).toHaveAttribute('data-state', /ok|failed/)
}

/** A picture as a telephone leaves it on a stick. */
const picture = async (page: Page) => ({ name: 'IMG_0001.jpg', mimeType: 'image/jpeg', buffer: await page.screenshot({ type: 'jpeg', quality: 60 }) })

const values: Record<string, string> = { 'cabinet-length': '640', 'cabinet-height': '2010', 'cabinet-width': '520', 'power-voltage': '221.5', 'screen-brightness': '260' }

/** Answers every open point as it is found at an emulated terminal; what is not connected is said to be missing. */
async function goThrough(page: Page, devices: Devices) {
  for (const id of await page.locator('[data-testid^="point-"]').evaluateAll((all) => all.map((x) => x.getAttribute('data-testid')!.slice('point-'.length)))) {
    const row = page.getByTestId(`point-${id}`)
    if (await row.getAttribute('data-state')) continue
    if (values[id]) {
      await measure(page, id, values[id])
      continue
    }
    await row.click()
    await expect(page.locator(`[data-point="${id}"]`)).toBeVisible()
    if (await page.getByTestId('install-absent').isVisible()) await page.getByTestId('install-absent').click()
    else if (await page.getByTestId('install-read').isVisible()) {
      await page.getByTestId('install-read').click()
      await devices.putCard('zhou')
      await expect(row).toHaveAttribute('data-state', 'ok', { timeout: 30_000 })
      await devices.takeCard()
    } else {
      if (await page.getByTestId('install-file').count()) {
        await page.getByTestId('install-file').setInputFiles(await picture(page))
        await expect(page.getByTestId('install-photos').locator('img')).toHaveCount(1)
      }
      if (await page.getByTestId('install-ok').isVisible()) await page.getByTestId('install-ok').click()
    }
    await expect(row).not.toHaveAttribute('data-state', '')
  }
}

test.describe('the kiosk', () => {
  test.use({ viewport: { width: 1080, height: 1920 } })

  test('a technician goes through the list without a network, and the office takes the terminal over', async ({ page, browser }) => {
    test.setTimeout(480_000)
    const devices = new Devices(kiosk.control)
    const shot = async (what: string) => {
      await clean(page, what)
      if (pictures) await page.screenshot({ path: `${pictures}/install-${what}.png` })
    }
    const code = serviceCode(kiosk, '工单 2026-201 新机安装')
    network(false)
    try {
      await begin(page, devices, kiosk, code)
      await fits(page, 'list')
      await shot('list')
      await page.getByTestId('point-cabinet-height').click()
      for (const c of '2010') await page.getByTestId(`key-${c}`).click()
      await shot('measure')
      await page.getByTestId('install-keep').click()
      await expect(page.getByTestId('install-fail')).toBeVisible()
      await shot('measure-failed')

      await page.getByTestId('point-power-cable').click()
      await page.getByTestId('install-ok').click()
      await expect(page.getByTestId('point-power-cable')).toContainText('还差一张照片')
      await page.getByTestId('install-file').setInputFiles({ name: 'x.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') })
      await expect(page.getByRole('alert').filter({ hasText: '打不开' })).toBeVisible()
      await page.getByTestId('install-file').setInputFiles(await picture(page))
      await expect(page.getByTestId('point-power-cable')).toHaveAttribute('data-state', 'ok')
      await shot('photo')
      await page.getByTestId('point-shot-scanner').click()
      await devices.paper('camera', 'hukou')
      await page.getByTestId('install-shoot-scanner').click()
      await expect(page.getByTestId('point-shot-scanner')).toHaveAttribute('data-state', 'ok', { timeout: 20_000 })
      await devices.paper('camera', 'none')
      await page.getByTestId('point-read-idcard-5').click()
      await page.getByTestId('install-read').click()
      await expect(page.getByTestId('install-reading')).toBeVisible()
      await shot('read')
      await devices.putCard('zhou')
      await expect(page.getByTestId('install-said')).toContainText('离 5 厘米读到了', { timeout: 30_000 })
      await devices.takeCard()

      await goThrough(page, devices)
      await page.getByTestId('install-sign').click()
      await expect(page.locator('[data-screen="installation"]')).toContainText('存在本机，有网络就送到中心')
      await fits(page, 'signed')
      await shot('signed')
      const before = (await devices.slips()).length
      await page.getByTestId('install-print').click()
      await expect.poll(async () => (await devices.slips()).length, { timeout: 30_000 }).toBeGreaterThan(before)
    } finally {
      network(true)
    }
    await expect(page.locator('[data-screen="installation"]')).toHaveAttribute('data-waiting', 'false', { timeout: 90_000 })

    // The office: what is wrong first, with pictures; it cannot be taken over yet.
    const office = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
    await office.goto(stack.web + '/admin/')
    await fillSignIn(office, 'fleet')
    await expect(office.locator('[data-screen="home"]')).toBeVisible()
    await office.goto(`${stack.web}/admin/#/running/machines?at=${kiosk.code}`)
    await expect(office.locator('[data-screen="machines"]')).toContainText('50 台终端')
    await expect(office.getByTestId('standing')).toContainText('有不合格项')
    await expect(office.getByTestId('install-points').locator('li').first()).toContainText('2010 mm，要求 ≤ 2000 mm')
    await expect(office.getByTestId('take-over')).toHaveCount(0)
    const seen = office.locator('[data-point="power-cable"] img')
    await seen.scrollIntoViewIfNeeded()
    await expect.poll(() => seen.evaluate((i: HTMLImageElement) => i.naturalWidth)).toBeGreaterThan(500)
    await clean(office, 'machine failed')
    if (pictures) await office.screenshot({ path: `${pictures}/install-office-photo.png` })

    // After the exchange he signs once more; the office attaches the certificate and takes it over.
    await measure(page, 'cabinet-height', '1990')
    await page.getByTestId('install-sign').click()
    await expect(page.locator('[data-screen="installation"]')).toHaveAttribute('data-waiting', 'false', { timeout: 60_000 })
    await office.reload()
    await expect(office.getByTestId('standing')).toContainText('都合格，等验收', { timeout: 30_000 })
    await office.getByTestId('file-title').fill('节能产品认证证书')
    await office.getByTestId('file-device').selectOption('laser')
    await office.getByTestId('machine-file').setInputFiles({ name: 'certificate.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF\n') })
    await expect(office.getByTestId('machine-files')).toContainText('节能产品认证证书激光打印机')
    await office.getByTestId('write-machine').click()
    await office.getByTestId('serial-no').fill('TB21-2026-0001')
    await office.getByTestId('arrived-on').fill('2026-11-20')
    await office.getByTestId('warranty-until').fill('2028-11-20')
    await office.keyboard.press('Control+Enter')
    await expect(office.getByTestId('machine')).toContainText('TB21-2026-0001')
    await office.getByTestId('take-over').click()
    await office.getByTestId('technician').fill('样例安装队 李工')
    await office.getByTestId('reason').fill('外设后补，先投入使用')
    await clean(office, 'take over')
    if (pictures) await office.screenshot({ path: `${pictures}/install-office-take.png` })
    await office.keyboard.press('Control+Enter')
    await expect(office.getByTestId('acceptance')).toContainText('样例安装队 李工')
    await clean(office, 'taken over')
    if (pictures) await office.screenshot({ path: `${pictures}/install-office.png` })
    await office.context().close()
    await goHome(page) // else the terminal serves nobody for a quarter of an hour
  })
})

test.describe('the desktop terminal', () => {
  test.use({ viewport: { width: 1920, height: 1080 } })

  test('its own list stands beside the point, and what is done is still there after he left', async ({ page }) => {
    const devices = new Devices(desk.control)
    await begin(page, devices, desk, serviceCode(desk, '工单 2026-202 新机安装'))
    await fits(page, 'list')
    await measure(page, 'screen-brightness', '240')
    await expect(page.getByTestId('install-fail')).toBeVisible()
    await fits(page, 'measure')
    await clean(page, 'desk')
    if (pictures) await page.screenshot({ path: `${pictures}/install-desk.png` })
    await goHome(page)
    await begin(page, devices, desk, serviceCode(desk, '工单 2026-203 接着做'))
    await expect(page.getByTestId('point-screen-brightness')).toHaveAttribute('data-state', 'failed')
    await goHome(page)
  })
})
