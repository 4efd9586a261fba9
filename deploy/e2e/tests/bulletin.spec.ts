import type { Page } from '@playwright/test'
import { stepUp } from './citizen'
import { clean, Devices, expect, kiosk, test } from './stack'

// News and convenience services at a terminal (政务资讯、便民服务).
const picture = async (page: Page, name: string) => {
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${name}.png` })
}

/** Nothing on the screen is pushed out of it. */
async function fits(page: Page) {
  const out = await page.locator('.actions button, .two button, .kinds button').evaluateAll((all) => all.filter((b) => b.scrollWidth > b.clientWidth + 2 || b.getBoundingClientRect().right > innerWidth || b.getBoundingClientRect().bottom > innerHeight).map((b) => b.textContent))
  expect(out).toEqual([])
}

async function read(page: Page, shape: string, view: 'plain' | 'elderly') {
  await page.getByTestId('strong').first().click()
  await expect(page.locator('[data-screen="home"]')).toBeVisible()
  if (view === 'elderly') await page.getByRole('button', { name: '长辈版' }).click()
  await expect(page.getByTestId('bulletin')).toBeVisible()
  await fits(page)
  await clean(page, 'home')
  await picture(page, `kiosk-home-${shape}-${view}`)

  await page.getByTestId('bulletin').click() // 政务资讯
  await expect(page.locator('[data-screen="bulletin"]')).toBeVisible()
  await expect(page.getByTestId('notice-news-hours')).toBeVisible()
  await fits(page)
  await clean(page, 'news')
  await picture(page, `kiosk-news-${shape}-${view}`)
  await page.getByTestId('notice-news-hours').click()
  await expect(page.locator('[data-open="news-hours"]')).toContainText('照常收件')
  await clean(page, 'one piece of news')
  await page.getByTestId('back').click()

  await page.getByTestId('services').click() // 便民服务
  await page.getByTestId('notice-service-copy').click()
  await expect(page.locator('[data-open="service-copy"]')).toContainText('大厅入口导办台')
  await clean(page, 'one service')
  await picture(page, `kiosk-service-${shape}-${view}`)
}

test.describe('an all-in-one kiosk', () => {
  test.use({ viewport: { width: 1080, height: 1920 } })
  test('news and convenience services without a card', async ({ page }) => {
    await stepUp(page, new Devices(kiosk.control), kiosk.ui)
    await read(page, 'portrait', 'plain')
  })
  test('news and convenience services in the easy view', async ({ page }) => {
    await stepUp(page, new Devices(kiosk.control), kiosk.ui)
    await read(page, 'portrait', 'elderly')
  })
})
