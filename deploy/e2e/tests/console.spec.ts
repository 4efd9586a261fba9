import { clean, expect, password, signIn, stack, test } from './stack'

test.use({ viewport: { width: 1440, height: 900 } })

test('a wrong password says so and keeps the account', async ({ page }) => {
  await page.goto(stack.web + '/console/')
  await clean(page, 'sign-in')
  await page.getByTestId('login').fill('supervisor')
  await page.getByTestId('password').fill('wrong-password')
  await page.getByTestId('sign-in').click()
  await expect(page.getByRole('alert')).toContainText(/密码|账号/)
  await page.getByTestId('password').fill(password('supervisor'))
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-screen="inbox"]')).toBeVisible()
})

test('an account without the permission sees no cases', async ({ page }) => {
  await page.goto(stack.web + '/console/')
  await page.getByTestId('login').fill('fleet')
  await page.getByTestId('password').fill(password('fleet'))
  await page.getByTestId('sign-in').click()
  await expect(page.locator('nav a')).toHaveCount(0)
})

test('the inbox is usable by keyboard alone and says when it is empty', async ({ page }) => {
  await signIn(page)
  await clean(page, 'inbox')
  await page.keyboard.press('/')
  await expect(page.getByTestId('search')).toBeFocused()
  await page.keyboard.type('没有这个人')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: '没有查到“没有这个人”' })).toBeVisible()
  await clean(page, 'nothing found')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  await clean(page, 'key map')
  await page.keyboard.press('Escape')
})
