import type { Page } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Clerk } from './clerk'
import { Office } from './office'
import { clean, expect, test } from './stack'

// Sharing (共享码): a clerk's page and an applicant's phone at once. What is ticked on the phone is on the clerk's page without a
// reload; what is taken back is gone from it.
test.describe.configure({ mode: 'serial' })

const office = new Office(true)
const pictures = process.env.PICTURES
let clerk: Clerk
let n = 0

const picture = async (page: Page, name: string) => {
  if (!pictures) return
  mkdirSync(pictures, { recursive: true })
  const sizes = page === clerk.page ? ([[1366, 768], [1920, 1080], [1440, 900]] as const) : ([[390, 844]] as const)
  for (const [w, h] of sizes) {
    await page.setViewportSize({ width: w, height: h })
    await page.screenshot({ path: join(pictures, `${String(n).padStart(2, '0')}-${name}-${w}.png`), fullPage: page !== clerk.page })
  }
  n++
}

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000)
  await office.open()
  office.morning()
  clerk = new Clerk(office)
  await clerk.arrive(browser)
})
test.afterAll(async () => {
  await clerk?.leave()
  await office.close()
})

test('a licence comes from the phone by consent, a photograph beside it, and both go when it is taken back', async ({ browser }) => {
  test.setTimeout(120_000)
  const { page } = clerk
  await clerk.arrival('M')
  await clerk.receive('zhou')
  await clerk.begin('dlhy')
  await clerk.situation()
  await clerk.step('materials')
  await clerk.press('F8')
  await page.getByTestId('share-phone').fill('13900000026')
  await clean(page, 'his number is asked for')
  await picture(page, 'no-phone')
  await page.keyboard.press('Enter')
  const qr = page.getByTestId('share-qr')
  await expect(qr).toBeVisible()
  await clean(page, 'the code')
  await picture(page, 'code')
  const link = office.web + new URL((await qr.getAttribute('data-url'))!).pathname

  const hand = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN' })
  const phone = await hand.newPage()
  await phone.goto(link)
  await expect(phone.locator('[data-screen="share"][data-state="opened"]')).toBeVisible()
  await expect(page.getByTestId('share-state')).toContainText('已扫码')
  await clean(phone, 'who asks')
  await picture(phone, 'phone-opened')
  await phone.reload() // taking a picture may cost a phone its page
  await phone.getByTestId('send-code').click()
  await phone.getByTestId('digits').fill('000000')
  await phone.getByTestId('tail').fill('0018')
  await phone.getByTestId('prove').click()
  await expect(phone.getByRole('alert')).toContainText('后四位不对')
  await clean(phone, 'a wrong code')
  await picture(phone, 'phone-wrong')

  const other = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage()
  await other.goto(link)
  await expect(other.locator('[data-state="ended"]')).toContainText('只能用一次')
  await clean(other, 'a code that was used')
  await picture(other, 'phone-used')
  await other.context().close()

  await phone.getByTestId('digits').fill(await office.sent('13900000026', 1))
  await phone.getByTestId('tail').fill('0018')
  await phone.getByTestId('prove').click()
  const offer = phone.getByTestId(/^offer-licence-/).first()
  await expect(offer).toBeVisible()
  await expect(phone.locator('input:checked')).toHaveCount(0) // nothing is ticked for anybody
  await clean(phone, 'what to share')
  await picture(phone, 'phone-choose')
  const code = ((await offer.getAttribute('data-testid')) ?? '').replace('offer-licence-', '')
  await offer.check()
  await phone.getByTestId('agree').click()
  await expect(phone.getByTestId('agreed')).toContainText('省电子证照库')
  await clean(phone, 'agreed')
  await picture(phone, 'phone-agreed')

  await expect(page.getByTestId('share-got')).toContainText('省电子证照库')
  await clean(page, 'what came')
  await picture(page, 'came')
  await page.getByTestId('share-close').click()
  const paper = page.getByTestId('paper-' + code)
  await expect(paper).toContainText('本人授权的证照')
  await paper.click()
  await expect(page.getByTestId('by-licence')).toContainText('可信 A 级')
  await clean(page, 'a licence for a paper')
  await picture(page, 'materials')

  const shoot = phone.getByTestId(/^shoot-/).first()
  const shot = ((await shoot.getAttribute('data-testid')) ?? '').replace('shoot-', '')
  const [chooser] = await Promise.all([phone.waitForEvent('filechooser'), shoot.click()])
  await chooser.setFiles({ name: 'paper.png', mimeType: 'image/png', buffer: await phone.screenshot() })
  await expect(page.getByTestId('paper-' + shot)).toContainText('1 页')
  await page.getByTestId('paper-' + shot).click()
  await expect(page.getByTestId('page-image')).toBeVisible()
  await expect(page.getByTestId('came-from')).toContainText('申请人手机拍的')

  await phone.getByTestId('revoke').click()
  await expect(phone.locator('[data-state="revoked"]')).toBeVisible()
  await clean(phone, 'taken back')
  await picture(phone, 'phone-revoked')
  await expect(paper).toContainText('还没收')
  await expect(page.getByTestId('paper-' + shot)).toContainText('还没收')
  await expect(page.getByTestId('keeping')).toHaveAttribute('data-keeping', 'kept')
  await hand.close()
})
