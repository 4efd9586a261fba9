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
