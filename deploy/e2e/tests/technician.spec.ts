import { mkdirSync } from 'node:fs'
import { stepUp } from './citizen'
import { clean, desk, Devices, expect, fillSignIn, kiosk, stack, test } from './stack'
import { serviceCode } from './technician'

// A field technician at a terminal (现场维护): the code from the centre, a device that fails, its repair, and the result. PICTURES keeps
// what deploy/docs/guide-technician.md shows.
const pictures = process.env.PICTURES
if (pictures) mkdirSync(pictures, { recursive: true })

for (const { name, terminal, viewport } of [
  { name: 'kiosk', terminal: kiosk, viewport: { width: 1080, height: 1920 } },
  { name: 'desk', terminal: desk, viewport: { width: 1920, height: 1080 } },
]) {
  test.describe(name, () => {
    test.use({ viewport })

    test('a technician finds what fails, mends it, and takes away a result', async ({ page }) => {
      const devices = new Devices(terminal.control)
      await stepUp(page, devices, terminal.ui)
      const shot = async (what: string) => {
        await clean(page, what)
        if (pictures) await page.screenshot({ path: `${pictures}/${name}-${what}.png` })
      }
      const fits = async (what: string) =>
        expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight), `${what} fits`).toBe(false)

      // The door: the mark, held for three seconds. A short touch is a citizen's.
      const mark = (await page.locator('.brand').first().boundingBox())!
      await page.mouse.move(mark.x + 20, mark.y + 20)
      await page.mouse.down()
      await expect(page.locator('[data-screen="service-code"]')).toBeVisible({ timeout: 6_000 })
      await page.mouse.up()
      await fits('code')
      await shot('code')

      await type(page, 'AAAAAAAAAAAAAAAAAAAA')
      await page.getByTestId('strong').first().click()
      await expect(page.getByText('维护码不对')).toBeVisible()
      await page.getByTestId('key-clear').click()
      const code = serviceCode(terminal, '工单 2026-118')
      await type(page, code)
      await page.getByTestId('strong').first().click()
      await expect(page.locator('[data-screen="technician"]')).toBeVisible()
      await expect(page.getByTestId('rail')).toHaveCount(0)
      await fits('overview')
      await shot('overview')

      await page.getByTestId('device-machine').click()
      await expect(page.locator('[data-check="内存"]')).toBeVisible()
      await shot('machine')
      // How bright the screen is: the desktop terminal's panel is built in, the kiosk's has buttons only.
      const brightness = page.getByTestId('brightness')
      await brightness.scrollIntoViewIfNeeded()
      if (name === 'desk') {
        await expect(brightness).toContainText('全亮时约 250 cd/㎡')
        const stays = async (percent: string) => {
          await expect(page.getByTestId('brightness-now')).toHaveText(percent)
          await expect(brightness).not.toHaveAttribute('aria-busy') // the screen has answered
          await expect(page.getByTestId('brightness-now')).toHaveText(percent)
        }
        await stays('70%')
        await page.getByTestId('brighter').click()
        await stays('80%')
        for (let i = 0; i < 7; i++) await page.getByTestId('darker').click() // as fast as a finger is, each press counts
        await stays('20%') // never so dark that it looks switched off
        await page.getByTestId('brighter').click()
        await stays('30%')
      } else await expect(brightness).toContainText('请用屏上的按键')
      await fits('brightness')
      await shot('brightness')
      await page.getByTestId('device-missing').click()
      await shot('missing')

      // The touch test: the whole screen is wiped over with one finger, then two lie there at once.
      await page.getByTestId('device-machine').click()
      await page.getByTestId('touch').click()
      await expect(page.getByTestId('touch-lead')).toContainText('还差 45 格')
      const fingers = await page.context().newCDPSession(page)
      const at = (x: number, y: number, id = 0) => ({ x: Math.round(x), y: Math.round(y), id })
      const { width, height } = viewport
      await fingers.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at(2, 2)] })
      for (let y = height / 20; y < height; y += height / 10) for (let x = width / 20; x < width; x += width / 10) await fingers.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [at(x, y)] })
      await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
      await expect(page.getByTestId('touch-lead')).toContainText('两个手指')
      await fits('touch')
      await shot('touch')
      await fingers.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at(width / 3, height / 5), at(width / 2, height / 5, 1)] })
      await expect(page.getByTestId('touch-count')).toContainText('同时 2 个手指')
      await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
      await page.getByTestId('touch-done').click()
      await expect(page.locator('[data-check="触摸各格"]')).toHaveAttribute('data-state', 'ok')
      await expect(page.locator('[data-check="同时触点"]')).toHaveAttribute('data-state', 'ok')

      // The line between computer and reader, live.
      await page.getByTestId('device-idcard').click()
      await page.getByTestId('trace-start').click()
      await expect(page.getByTestId('trace')).toContainText(/问模块状态|找证|没有证/, { timeout: 20_000 })
      await fits('trace')
      await shot('trace')
      await page.getByTestId('untrace').click()
      await expect(page.getByTestId('trace')).toContainText('已停止')

      // The card reader: it says what to do, waits, and shows its time beside the tender's.
      await page.getByTestId('device-machine').click()
      await page.getByTestId('device-idcard').click()
      await page.getByTestId('test').click()
      await expect(page.getByTestId('ask')).toContainText('身份证')
      await shot('test-card')
      await devices.putCard('zhou')
      await expect(page.getByTestId('said')).toContainText('读到一张证', { timeout: 20_000 })
      await expect(page.getByTestId('timings')).toContainText('≤ 1000 ms')
      await expect(page.getByTestId('timings')).toContainText('达标')
      await devices.takeCard()
      await shot('test-card-done')

      // A fault, what to do, and that it is gone after the repair.
      await devices.press('idcard', 'cut')
      await expect(page.getByTestId('device-idcard')).toHaveAttribute('data-state', 'fault', { timeout: 15_000 })
      await expect(page.getByTestId('steps')).toBeVisible()
      await expect(page.getByTestId('summary')).toContainText('1 台')
      await shot('fault')
      await page.getByTestId('finish').click()
      const told = page.getByTestId('result-code')
      await expect(told).toHaveText(/^[A-Z2-7]{5}(-[A-Z2-7]{5}){3}$/)
      await expect(page.getByTestId('service-qr')).toBeVisible()
      await expect.poll(() => page.getByTestId('service-qr').evaluate((i: HTMLImageElement) => i.naturalWidth)).toBeGreaterThan(100)
      await fits('result')
      await shot('result')
      await devices.clear()
      await expect(page.getByTestId('device-idcard')).toHaveAttribute('data-state', 'ok', { timeout: 20_000 })
      if (name === 'kiosk') {
        await page.getByTestId('print-result').click()
        await expect(page.getByTestId('print-result')).toHaveText('打印结果', { timeout: 15_000 })
        await expect(page.getByRole('alert')).toHaveCount(0)
      } else await expect(page.getByTestId('print-result')).toHaveCount(0)

      await page.getByTestId('leave').click()
      await expect(page.locator('[data-screen="attract"]')).toBeVisible()
    })
  })
}

test.describe('the office', () => {
  test.use({ viewport: { width: 1440, height: 900 } })

  test('a code is given out, a visit comes home, and a result that is read out is checked', async ({ page }) => {
    await page.goto(stack.web + '/admin/')
    await fillSignIn(page, 'fleet')
    await expect(page.locator('[data-screen="home"]')).toBeVisible()
    await page.goto(`${stack.web}/admin/#/running/visits`)
    const row = page.locator('[data-screen="visits"] tr[data-row]').filter({ hasText: kiosk.code }).first()
    await expect(row).toContainText('处故障', { timeout: 40_000 }) // of the test before; the page looks again by itself
    await row.click()
    await expect(page.getByTestId('found')).toContainText('身份证阅读器')
    await clean(page, 'visits')
    const code = await page.getByTestId('visit-code').innerText()

    await page.keyboard.press('n')
    await page.getByTestId('code-terminal').selectOption(kiosk.code)
    await page.getByTestId('reason').fill('工单 2026-119 身份证阅读器')
    await clean(page, 'a service code')
    await page.keyboard.press('Control+Enter')
    await expect(page.getByTestId('one-time')).toHaveText(/^[A-Z2-7]{5}(-[A-Z2-7]{5}){3}$/)
    await clean(page, 'the code')
    await page.getByTestId('one-time-seen').click()
    await expect(page.getByTestId('one-time')).toHaveCount(0)

    await page.keyboard.press('c')
    await page.getByTestId('result-terminal').selectOption(kiosk.code)
    await page.getByTestId('result-code').fill('AB')
    await page.getByTestId('check').click()
    await expect(page.getByRole('alert')).toContainText('现在写了 2 个')
    await page.getByTestId('result-code').fill('A'.repeat(20))
    await page.getByTestId('check').click()
    await expect(page.getByRole('alert')).toContainText('诊断码不对')
    await page.getByTestId('result-code').fill(code.toLowerCase().replaceAll('-', ' ')) // as somebody writes it down
    await page.getByTestId('check').click()
    await expect(page.getByTestId('told')).toContainText('工单 2026-118')
    await expect(page.getByTestId('told')).toContainText('完整结果也到了')
    await clean(page, 'a result read out')
  })

  test('a terminal is looked at from afar, and a citizen there is not disturbed', async ({ page, browser }) => {
    await page.goto(stack.web + '/admin/')
    await fillSignIn(page, 'fleet')
    await expect(page.locator('[data-screen="home"]')).toBeVisible()
    await page.goto(`${stack.web}/admin/#/running/remote?terminal=${kiosk.code}`)
    await expect(page.getByText('这一台还没有远程查过')).toBeVisible()
    await clean(page, 'nothing asked yet')
    await page.getByTestId('ask-internal').click()
    await expect(page.getByTestId('answer')).toContainText(/设备没有毛病|设备有毛病/, { timeout: 60_000 })
    await expect(page.getByTestId('remote-idcard')).toContainText('正常')
    await expect(page.getByText('起和中心断了')).toHaveCount(0) // the management console hears the centre too
    await expect(page.locator('body')).not.toContainText(/[0-9a-f]{8}-[0-9a-f]{4}-7/) // who asked is a name
    await expect(page.getByTestId('network')).toBeVisible()
    await clean(page, 'a remote diagnosis')
    if (pictures) await page.screenshot({ path: `${pictures}/office-remote.png` })

    const hall = await browser.newContext({ viewport: { width: 1080, height: 1920 } })
    const citizen = await hall.newPage()
    await citizen.goto(kiosk.ui)
    await citizen.locator('[data-screen="attract"]').click()
    await expect(citizen.locator('[data-screen="home"]')).toBeVisible()
    await page.getByTestId('ask-external').click()
    await expect(page.getByTestId('answer')).toContainText('有市民在办事，没有打扰他', { timeout: 40_000 })
    await expect(citizen.locator('[data-screen="home"]')).toBeVisible()
    await clean(page, 'a busy terminal')
    if (pictures) await page.screenshot({ path: `${pictures}/office-remote-busy.png` })
    await hall.close()
  })
})

async function type(page: import('@playwright/test').Page, letters: string) {
  for (const c of letters) await page.getByTestId(`key-${c}`).click()
}
