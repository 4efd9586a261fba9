import { clean, Devices, expect, stack, signIn, test } from './stack'

// The devices of a counter: the console of the clerk's computer is paired with a code from the citizen's screen, then reads a card,
// scans a page, and takes a signature and a rating; a page from elsewhere gets nothing.
const counter = stack.counter!
const hands = new Devices(counter.control)

test('a paired console reads, scans, and takes signature and rating', async ({ page, context }) => {
  await hands.takeCard()
  await hands.paper('camera', 'none')
  await signIn(page)
  await page.getByTestId('devices').click()
  await expect(page.locator('[data-screen="devices"]')).toBeVisible()

  const pad = await context.newPage()
  await pad.setViewportSize({ width: 1280, height: 800 })
  await pad.goto(counter.pad)
  const digits = pad.locator('#code')
  await expect(digits).toHaveText(/^\d{6}$/)
  await clean(pad, 'the code on the pad')
  await page.bringToFront()
  await expect(page.getByTestId('pair-code')).toBeVisible()
  await clean(page, 'devices, unpaired')
  await page.getByTestId('pair-code').fill((await digits.textContent())!)
  await page.getByTestId('pair').click()
  await expect(page.getByTestId('try-idcard')).toBeEnabled()
  await expect(page.getByTestId('try-sign')).toBeEnabled()
  await clean(page, 'devices')

  await page.getByTestId('try-idcard').click()
  await expect(page.getByTestId('doing')).toContainText('身份证')
  await hands.putCard('zhou')
  await expect(page.getByTestId('card')).toContainText('周立明')
  await expect(page.getByTestId('card')).toContainText('510799********0018')
  await hands.takeCard()

  await page.getByTestId('try-scanner').click()
  await expect(page.getByTestId('failed')).toContainText('没有纸')
  await hands.paper('camera', 'application')
  await page.getByTestId('try-scanner').click()
  await expect(page.getByTestId('said')).toContainText('拍好了')
  await expect(page.getByTestId('picture')).toBeVisible()

  await page.getByTestId('try-sign').click()
  const box = pad.locator('.box canvas')
  await expect(box).toBeVisible()
  await clean(pad, 'signing')
  await pad.bringToFront()
  const r = (await box.boundingBox())!
  await pad.mouse.move(r.x + r.width * 0.2, r.y + r.height * 0.3)
  await pad.mouse.down()
  for (let i = 1; i <= 40; i++) await pad.mouse.move(r.x + r.width * (0.2 + i * 0.014), r.y + r.height * (0.3 + (i % 8) * 0.05))
  await pad.mouse.up()
  await pad.getByTestId('pad-done').click()
  await page.bringToFront()
  await expect(page.getByTestId('said')).toHaveText('签好了')

  await page.getByTestId('try-rate').click()
  await pad.bringToFront()
  await expect(pad.locator('[data-level="5"]')).toBeVisible()
  await clean(pad, 'rating')
  await pad.locator('[data-level="5"]').click()
  await page.bringToFront()
  await expect(page.getByTestId('said')).toContainText('非常满意')
  await expect(pad.locator('main')).toHaveAttribute('data-kind', 'idle', { timeout: 10_000 })

  await page.getByTestId('unpair').click()
  await expect(page.getByTestId('pair-code')).toBeVisible()
})

test('a page from elsewhere is refused', async ({ request }) => {
  for (const origin of ['https://evil.example.com', counter.url, 'null']) {
    const res = await request.post(`${counter.url}/api/v1/card`, { headers: { Origin: origin }, data: {} })
    expect(res.status(), origin).toBe(403)
    expect(res.headers()['access-control-allow-origin']).toBeUndefined()
  }
})
