import type { Page } from '@playwright/test'
import { clean, expect, fillSignIn, signIn, stack, test } from './stack'

// Advice of the city brain at the intake (城市智脑), and services of the micro-service platform (微服务中台).
test.use({ viewport: { width: 1366, height: 768 } })

const { brain, platform } = stack as unknown as { brain: string; platform: string }
const hand = async (base: string, fault: string) => expect((await fetch(base + '/faults', { method: 'POST', body: JSON.stringify({ fault }) })).ok).toBe(true)
const picture = async (page: Page, name: string) => {
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${name}.png` })
}
test.afterAll(async () => {
  await hand(brain, '')
  await hand(platform, '')
})

test('the city brain advises, and the counter goes on without it', async ({ page }) => {
  await signIn(page)
  await page.goto(stack.web + '/console/#/window/intake')
  await page.getByTestId('advice-words').fill('家里老人满八十了，想问有没有补贴')
  await page.getByTestId('advice-ask').click()
  await expect(page.getByTestId('advice-said')).toContainText('仅供参考')
  await expect(page.getByTestId('advice-glbt')).toBeVisible()
  await clean(page, 'advice')
  await picture(page, 'advice')

  await hand(brain, 'outage')
  await page.getByTestId('advice-ask').click()
  await expect(page.getByTestId('advice-said')).toContainText('没有应答')
  await clean(page, 'advice silent')
  await picture(page, 'advice-silent')
  await hand(brain, '')
  await page.getByLabel('打名称或拼音首字母，如 glbt、食品经营').fill('glbt')
  await expect(page.getByRole('option').first()).toBeVisible()
})

test.describe('at the management console', () => {
  test.use({ viewport: { width: 1440, height: 900 } })
  test('a service of the platform is taken in by name', async ({ page }) => {
    await page.goto(stack.web + '/admin/')
    await fillSignIn(page, 'sysadmin')
    await expect(page.locator('[data-screen="home"]')).toBeVisible()
    await page.goto(stack.web + '/admin/#/services')
    await page.getByTestId('platform').click()
    await page.getByTestId('platform-weather-warning').check()
    await page.getByTestId('reason').fill('联调测试')
    await clean(page, 'taking in a service')
    await picture(page, 'platform')
    await page.keyboard.press('Control+Enter')
    await expect(page.getByRole('row', { name: /气象预警/ })).toContainText('绵阳市气象局')
    await page.getByTestId('platform').click()
    await expect(page.getByTestId('platform-weather-warning')).toBeDisabled()
    await picture(page, 'platform-taken')
  })
})
