import type { Page } from '@playwright/test'
import { clean, expect, fillSignIn, stack, test } from './stack'

test.use({ viewport: { width: 1440, height: 900 } })

async function enter(page: Page, login: string) {
  await page.goto(stack.web + '/admin/')
  await fillSignIn(page, login)
  await expect(page.locator('[data-screen="home"]')).toBeVisible()
}

async function look(page: Page, path: string, screen: string) {
  await page.goto(`${stack.web}/admin/#${path}`)
  await expect(page.locator(`[data-screen="${screen}"]`)).toBeVisible()
  await expect(page.getByTestId('answer')).toHaveText(/\S.*\S/)
  await clean(page, screen)
}

test('an auditor searches, looks at one record in the chain and verifies', async ({ page }) => {
  await enter(page, 'auditor')
  await look(page, '/audit', 'audit')
  await expect(page.getByTestId('sentence')).toContainText('唐静')
  await page.getByTestId('by-who').fill('没有这个人')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: '没有这样的记录' }).last()).toBeVisible()
  await look(page, '/audit/verify', 'verify')
  await page.getByTestId('verify').click()
  await expect(page.locator('[data-screen="verify"]')).toHaveAttribute('data-ok', 'true')
  await expect(page.getByTestId('answer')).toContainText('一条不少')
  await look(page, '/audit/alerts', 'audit-alerts')
  await look(page, '/audit/statistics', 'audit-statistics')
})

test('a system administrator sees what runs, and no act without a reason', async ({ page }) => {
  await enter(page, 'sysadmin')
  for (const [path, screen] of [['/people', 'people'], ['/running', 'running'], ['/running/inspections', 'inspections'], ['/running/availability', 'availability'], ['/running/backups', 'backups'], ['/running/resources', 'resources'], ['/running/certificates', 'certificates'], ['/services', 'services'], ['/me', 'mine']] as const) await look(page, path, screen)
  await page.goto(`${stack.web}/admin/#/running/resources`)
  await page.getByTestId('new-resource').click()
  await page.getByTestId('r-name').fill('应用服务器一')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('alert')).toContainText('写明原因')
  await clean(page, 'a dialog')
  await page.getByTestId('reason').fill('新增设备')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('cell', { name: '应用服务器一' }).or(page.getByRole('rowheader', { name: '应用服务器一' })).first()).toBeVisible()
})

test('a security administrator reads the matrix and sees a change before it is saved', async ({ page }) => {
  await enter(page, 'secadmin')
  for (const [path, screen] of [['/privacy', 'privacy'], ['/privacy/retention', 'retention'], ['/privacy/keys', 'keys'], ['/people/roles', 'roles']] as const) await look(page, path, screen)
  const cell = page.locator('[data-testid="matrix"] .cell.none:not([aria-disabled="true"])').first()
  await cell.click()
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('dialog')).toContainText('按下之后')
  await clean(page, 'the difference')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
})
