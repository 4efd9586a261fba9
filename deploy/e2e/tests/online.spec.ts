import type { Page } from '@playwright/test'
import { clean, expect, signIn, stack, test } from './stack'

// What is applied for at home (线上渠道): in the same list as all else, with its channel, and every step goes back.
test.use({ viewport: { width: 1366, height: 768 } })

const { imianyang, tianfu } = stack as unknown as { imianyang: string; tianfu: string }
interface Sent { ref: string; case_no: string; state: string; state_text: string }
const picture = async (page: Page, name: string) => {
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${name}.png` })
}
const sent = async (base: string) => ((await (await fetch(base + '/sent')).json()) as { sent: Sent[] }).sent

async function handIn(page: Page, name: string, base: string) {
  await page.goto(base)
  await page.getByRole('button', { name: '填好样例并提交' }).click()
  await expect(page.locator('td.no').nth(1)).toHaveText(/^MY/)
  const { case_no: no } = (await sent(base))[0]!
  await signIn(page)
  await page.goto(stack.web + '/console/#/window?tab=todo&q=' + no)
  const row = page.getByRole('row', { name: new RegExp(no) })
  await expect(row).toContainText(name)
  await clean(page, 'acceptance list')
  await picture(page, 'online-list-' + no)
  await row.getByRole('link').first().click()
  await expect(page.locator('body')).toContainText(name)
  await expect.poll(async () => (await sent(base))[0]!.state_text, { timeout: 30_000 }).toBe('收件')
  await picture(page, 'online-case-' + no)
}

test('what is handed in through i绵阳 is in the list with its channel, and its state goes back', ({ page }) => handIn(page, 'i绵阳', imianyang))
test('what is handed in through 天府通办绵阳分站点 is in the list with its channel, and its state goes back', ({ page }) => handIn(page, '天府通办绵阳分站点', tianfu))
