import { clean, expect, stack, test } from './stack'

test.use({ viewport: { width: 390, height: 844 } })

test('an unknown code is not called a forgery', async ({ page }) => {
  await page.goto(stack.web + '/v/ZZZZ9999')
  await expect(page.locator('[data-verdict="not_found"]')).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('查不到这份文书')
  await clean(page, 'not found')
})

test('the start page asks for a code and counts what is missing', async ({ page }) => {
  await page.goto(stack.web + '/')
  await clean(page, 'start')
  await page.getByLabel('验证码').fill('ABC')
  await page.getByRole('button', { name: '核对' }).click()
  await expect(page.getByRole('alert')).toContainText('现在是 3 个')
})

test('a slip scanned before its case arrived says to wait', async ({ page }) => {
  await page.goto(stack.web + '/p/AAAAAAAAAAAAAAAAAAAAAAAAAA')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('窗口还没有收到')
  await clean(page, 'not yet')
})

test('a code is taken as people write it, with dash and small letters', async ({ page }) => {
  await page.goto(stack.web + '/')
  await page.getByLabel('验证码').fill('zzzz-9999')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/v\/ZZZZ9999$/)
  await expect(page.locator('[data-verdict="not_found"]')).toBeVisible()
})

test('a centre out of reach says nothing against the paper', async ({ page }) => {
  let reachable = false
  await page.route('**/api/public/**', (route) => (reachable ? route.continue() : route.abort()))
  await page.goto(stack.web + '/v/ABCD2345')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('现在查不了')
  await expect(page.getByText('这不说明文书有问题')).toBeVisible()
  await clean(page, 'verify out of reach')
  await page.goto(stack.web + '/p/AAAAAAAAAAAAAAAAAAAAAAAAAA')
  await expect(page.getByText('您的件不受影响')).toBeVisible()
  reachable = true
  await page.getByRole('button', { name: '再查一次' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('窗口还没有收到')
})

test('phone pages hold at 320 and at twice the text size', async ({ page }) => {
  for (const path of ['/', '/v/ZZZZ9999', '/p/AAAAAAAAAAAAAAAAAAAAAAAAAA']) {
    await page.setViewportSize({ width: 320, height: 640 })
    await page.goto(stack.web + path)
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
    await expect(page.locator('main')).toBeVisible()
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(320)
  }
})
