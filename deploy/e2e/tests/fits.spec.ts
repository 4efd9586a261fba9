import type { Page } from '@playwright/test'
import { handIn, stepUp } from './citizen'
import { desk, Devices, expect, kiosk, test } from './stack'

// Every page of a visit on the panels of the tender: nothing to push aside, and every target at least 10 mm.
const panels = [
  { name: 'desktop terminal, 15.6 inches', terminal: desk, width: 1920, height: 1080, inches: 15.6 },
  { name: 'least panel of the kiosk, 21 inches', terminal: kiosk, width: 1280, height: 1024, inches: 21 },
]

/** Sentences about what does not fit; an empty list is a pass. */
const misfits = (page: Page, least: number) =>
  page.evaluate((least) => {
    const out: string[] = []
    const root = document.scrollingElement!
    if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) out.push(`page of ${root.scrollWidth}×${root.scrollHeight} in ${innerWidth}×${innerHeight}`)
    for (const el of document.querySelectorAll<HTMLElement>('#app *')) {
      const r = el.getBoundingClientRect()
      if (!r.width || !r.height || getComputedStyle(el).visibility === 'hidden' || el.closest('[aria-hidden="true"],svg')) continue
      const name = el.dataset.testid ?? `${el.tagName.toLowerCase()}.${el.className}`
      if (r.right > innerWidth + 1 || r.left < -1) out.push(`${name} reaches from ${Math.round(r.left)} to ${Math.round(r.right)}`)
      if (el.matches('button,[role=button],input,select,a[href]') && Math.min(r.width, r.height) < least) out.push(`${name} is ${Math.round(r.width)}×${Math.round(r.height)}, less than ${Math.round(least)}`)
    }
    return out
  }, least)

for (const p of panels) {
  test.describe(p.name, () => {
    test.use({ viewport: { width: p.width, height: p.height } })

    test('every page of a visit fits, and fingers can press', async ({ page }) => {
      const least = ((Math.hypot(p.width, p.height) / p.inches) * 10) / 25.4 // 10 mm in pixels
      const devices = new Devices(p.terminal.control)
      await stepUp(page, devices, p.terminal.ui)
      const found: string[] = []
      const look = async (screen: string) => {
        if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/fits-${p.width}-${screen}.png` })
        found.push(...(await misfits(page, least)).map((f) => `${screen}: ${f}`))
      }
      const seen = await handIn(page, devices, { item: 'glbt', person: 'ma' }, look)
      for (const screen of ['home', 'item', 'card', 'person', 'notice', 'question', 'form', 'scan', 'sign', 'check', 'submitted']) expect(seen).toContain(screen)
      await page.getByTestId('rail-access').click()
      await look('access')
      await page.getByTestId('access-done').click()
      await page.getByTestId('finish').click()
      await look('rating')
      await page.getByTestId('no-rate').click()
      await expect(page.locator('[data-screen="attract"]')).toBeVisible()
      await page.getByTestId('strong').first().click()
      for (const [press, screen] of [['topic-all', 'list'], ['bulletin', 'bulletin'], ['ask-progress', 'ask-progress']] as const) {
        const key = page.getByTestId(press)
        if (!(await key.count())) continue
        await key.first().click()
        await expect(page.locator(`[data-screen="${screen}"]`)).toBeVisible()
        await look(screen)
        await page.getByTestId('back').click()
        await expect(page.locator('[data-screen="home"]')).toBeVisible()
      }
      await page.getByTestId('item-glbt').first().click()
      await page.getByTestId('begin').click()
      const other = page.getByTestId('by-document')
      await expect(page.locator('[data-screen="card"]')).toBeVisible()
      if (await other.count()) {
        await other.click()
        await expect(page.locator('[data-step="number"]')).toBeVisible()
        await look('document')
        for (const key of 'E5107') await page.getByTestId('key-' + key).click()
        await page.getByTestId('next').click()
        await expect(page.locator('[data-step="birth"]')).toBeVisible()
        await look('document-birth')
      }
      expect(found).toEqual([])
      await page.getByTestId('rail-exit').click()
    })
  })
}

test.describe('a page that was captured', () => {
  test.use({ viewport: { width: 1920, height: 1080 }, hasTouch: true })

  test('two fingers enlarge the page that was captured', async ({ page }) => {
    const devices = new Devices(desk.control)
    await stepUp(page, devices, desk.ui)
    const hand = await page.context().newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number; id: number }[]) => hand.send('Input.dispatchTouchEvent', { type, touchPoints })
    const scales: number[] = []
    await handIn(page, devices, { item: 'glbt', person: 'ma' }, async (screen) => {
      if (screen !== 'scan') return
      await devices.paper('camera', 'hukou')
      await page.waitForTimeout(800)
      await page.getByTestId('shoot').click()
      await expect(page.getByTestId('keep')).toBeVisible({ timeout: 20_000 })
      const look = page.getByTestId('close-look')
      const scale = async () => Number(await look.getAttribute('data-scale'))
      const box = (await look.boundingBox())!
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
      const fingers = (apart: number) => [{ x: x - apart, y, id: 0 }, { x: x + apart, y, id: 1 }]
      await touch('touchStart', fingers(40))
      for (let d = 50; d <= 100; d += 10) await touch('touchMove', fingers(d))
      await touch('touchEnd', [])
      scales.push(await scale())
      if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/close-look.png` })
      await page.getByTestId('zoom-out').click()
      scales.push(await scale())
      await page.getByTestId('zoom-out').click()
      scales.push(await scale())
    })
    expect(scales[0]).toBeGreaterThan(2)
    expect(scales[1]).toBeLessThan(scales[0]!)
    expect(scales[2]).toBe(1)
  })
})
