import type { Browser, Page } from '@playwright/test'
import { Applicant } from './applicant'
import { Office } from './office'
import { clean, expect, test } from './stack'

// Supervision (督办验收), scenario 3: with the centre's clock moved to the days that count, a case gets a reminder, a yellow and a red
// card; its people answer, the inspector sends back and accepts; the papers of the cards verify; letters and short messages tell of it.
test.describe.configure({ mode: 'serial' })
const office = new Office(true)
test.beforeAll(async () => {
  test.setTimeout(240_000)
  await office.open()
})
test.afterAll(() => office.close())

/** Signed in anew: a session does not outlive the days that pass between. */
async function as(browser: Browser, login: string, path = ''): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await office.signIn(page, login)
  if (path) await page.goto(`${office.web}/console/#${path}`)
  return page
}
const keep = async (page: Page, name: string) => {
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/supervision-${name}.png` })
}
/** Moves the centre's clock to ten in the morning of a day. */
const to = (day: string) => office.pass(Math.ceil((Date.parse(day + 'T10:00:00+08:00') - office.now()) / 60_000))
const row = (page: Page, no: string) => page.locator('[data-screen="cards"] tr[data-row]').filter({ hasText: no })
const state = (page: Page, words: string) => expect(page.getByTestId('card-state')).toHaveText(words)

async function does(page: Page, act: string, text: string) {
  if (act !== 'reply') await page.getByTestId('act-' + act).check() // the only act of whom a card concerns
  await page.getByTestId('card-text').fill(text)
  await page.keyboard.press('Control+Enter')
}

let no = '' // accepted, and then nobody decides
let silent = '' // received, and nobody answers
let days: string[] = [] // the working days of its promise, and those after

test('a case that comes in is on the monitor within seconds', async ({ browser }) => {
  test.setTimeout(180_000)
  const watcher = await as(browser, 'supervisor', '/supervision/monitor?tab=recent')
  await expect(watcher.getByText('这里没有办件')).toBeVisible()
  await clean(watcher, 'an empty monitor')
  const applicant = new Applicant(office.terminals[0]!)
  no = (await applicant.handIn({ person: 'dilnur', item: 'glbt' })).case_no
  silent = (await applicant.handIn({ person: 'zhou', item: 'cbzm' })).case_no
  await expect(watcher.locator(`tr[data-row="${no}"]`)).toContainText('＋', { timeout: 30_000 })
  await clean(watcher, 'monitor')
  await keep(watcher, 'monitor')
  await watcher.context().close()

  const clerk = await as(browser, 'clerk')
  // Hand-ins travel from the terminal to the centre by themselves.
  for (const n of [no, silent]) await expect.poll(async () => (await clerk.request.get(`${office.web}/api/staff/v1/window/cases/${n}`)).status(), { timeout: 30_000 }).toBe(200)
  await clerk.goto(`${office.web}/console/#/window/case/${no}`)
  await expect(clerk.getByTestId('case-no')).toHaveText(no)
  const open = clerk.locator('[data-testid^="point-"]:not(:checked)')
  for (let left = await open.count(); left > 0; left--) {
    await clerk.keyboard.press('Space')
    await expect(open).toHaveCount(left - 1)
  }
  await clerk.keyboard.press('Control+Enter')
  await expect(clerk.getByRole('heading', { name: '受理，并出通知书' })).toBeVisible()
  await clerk.keyboard.press('Control+Enter')
  await expect(clerk.getByTestId('done')).toContainText('已受理')
  const { clock } = (await (await clerk.request.get(`${office.web}/api/staff/v1/window/cases/${no}`)).json()) as { clock: { strip: { date: string }[] } }
  days = clock.strip.map((c) => c.date)
  await clerk.context().close()

  const desk = await as(browser, 'approver', '/desk?tab=sign') // signed for: else the third day brings a card for that
  await expect(desk.getByTestId('task-no')).toHaveText(no)
  await desk.keyboard.press('a')
  await desk.keyboard.press('Control+Enter')
  await expect(desk.getByTestId('task-state')).toHaveAttribute('data-state', 'reviewing')
  await desk.context().close()

  // The short message of the acceptance is on its way; how far it came is looked at every few seconds of the centre's clock.
  const texts = await as(browser, 'supervisor', '/messages/texts')
  await expect(async () => {
    office.pass(1)
    await texts.reload()
    await expect(texts.locator('[data-screen="texts"] tr[data-row]').filter({ hasText: no })).toContainText('到手机', { timeout: 3000 })
  }).toPass({ timeout: 60_000 })
  await texts.context().close()
})

test('a reminder comes before the limit, a yellow card with its paper is answered, sent back and accepted', async ({ browser }) => {
  test.setTimeout(240_000)
  to(days[3]!)
  const reminded = await as(browser, 'approver', '/supervision?tab=reminders')
  await expect(row(reminded, no)).toContainText('余 2 工作日')
  await expect(reminded.getByTestId('card')).toContainText('不用答复')
  await clean(reminded, 'a reminder')
  await keep(reminded, 'reminder')
  await reminded.context().close()

  to(days[4]!)
  const clerk = await as(browser, 'clerk', '/supervision')
  await row(clerk, no).click()
  await state(clerk, '待答复') // opened by somebody who is responsible: known
  await expect(clerk.getByTestId('paper-no')).toHaveText(/^绵政务黄牌〔\d{4}〕\d+号$/)
  await clean(clerk, 'a yellow card')
  await keep(clerk, 'yellow')
  const card = new URL(clerk.url()).hash.match(/P-\d{4}-\d{4}/)![0]

  await test.step('its paper is a PDF, and anybody can verify it', async () => {
    const pdf = await clerk.request.get(`${office.web}/api/staff/v1/supervision/cards/${card}/paper`)
    expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-')
    const [paper] = await Promise.all([clerk.waitForEvent('popup'), clerk.keyboard.press('p')])
    await paper.close()
    const anybody = await (await browser.newContext()).newPage()
    await anybody.goto(`${office.web}/v/${(await clerk.getByTestId('paper-code').innerText()).replace('-', '')}`)
    await expect(anybody.locator('[data-verdict="valid"]')).toBeVisible()
    await expect(anybody.getByText(card)).toBeVisible()
    await clean(anybody, 'the paper of a card')
    await anybody.context().close()
  })

  await does(clerk, 'reply', '太短')
  await expect(clerk.getByRole('alert')).toContainText('至少写 10 个字')
  await does(clerk, 'reply', '申请人的社保卡状态要核实，今天下午就办完')
  await state(clerk, '待审答复')

  const inspector = await as(browser, 'inspector', '/supervision?tab=replied')
  await expect(inspector.getByTestId('card')).toContainText('今天下午就办完')
  await clean(inspector, 'an answer to judge')
  await keep(inspector, 'judge')
  await does(inspector, 'return', '没有说谁在核实')
  await expect(row(inspector, no)).toHaveCount(0)
  await state(clerk, '退回重写')
  await does(clerk, 'reply', '林岚在核实社保卡状态，今天 17:00 前作决定')
  await state(clerk, '待审答复')
  await inspector.getByTestId('tab-replied').click()
  await expect(inspector.getByTestId('card')).toContainText('林岚在核实')
  await does(inspector, 'accept', '')
  await state(clerk, '答复成立，等办结')

  await clerk.goto(`${office.web}/console/#/messages?tab=all`)
  const letters = clerk.locator('[data-screen="letters"]')
  await expect(letters.getByText(`黄牌 ${card}`)).toBeVisible()
  await expect(letters.getByText(`答复被退回：${card}`)).toBeVisible()
  await clean(clerk, 'letters')
  await keep(clerk, 'letters')
  await clerk.goto(`${office.web}/console/#/window/case/${no}`)
  await expect(clerk.getByText('认可督办答复 ' + card)).toBeVisible()
  await clerk.context().close()
  await inspector.context().close()
})

test('after the limit a red card takes over, one is closed, one is cancelled for a reason and stays listed', async ({ browser }) => {
  test.setTimeout(240_000)
  to(days[5]!)
  const clerk = await as(browser, 'clerk', '/supervision')
  const red = row(clerk, no).filter({ hasText: '红牌' })
  await expect(red).toBeVisible({ timeout: 60_000 }) // given by the next look of the centre, and told to the page
  await red.click() // it takes the yellow one's place
  await expect(clerk.getByTestId('card')).toContainText('承诺超期 1 日')
  await expect(clerk.getByTestId('paper-no')).toHaveText(/红牌/)
  await clean(clerk, 'red cards')
  await keep(clerk, 'red')
  await does(clerk, 'reply', '核实晚了一天，今天上午作决定并向申请人说明')
  await state(clerk, '待审答复')
  await clerk.getByTestId('tab-closed').click()
  await expect(row(clerk, no).filter({ hasText: '黄牌' })).toBeVisible()

  const inspector = await as(browser, 'inspector', '/supervision?tab=replied')
  await expect(inspector.getByTestId('card')).toContainText('核实晚了一天')
  await does(inspector, 'accept', '情况属实')
  await inspector.getByTestId('tab-open').click()
  await row(inspector, no).click()
  await does(inspector, 'close', '已督促办结')
  await inspector.getByTestId('tab-closed').click()
  await expect(row(inspector, no).filter({ hasText: '红牌' })).toBeVisible()

  await inspector.getByTestId('tab-open').click()
  await row(inspector, silent).click()
  await expect(inspector.getByTestId('card')).toContainText('视为受理')
  await does(inspector, 'cancel', '终端网络中断，件晚到，不是经办人的责任')
  await inspector.getByTestId('tab-cancelled').click()
  await expect(row(inspector, silent)).toContainText('红牌')
  await clean(inspector, 'cancelled cards')
  await keep(inspector, 'cancelled')
  await clerk.context().close()
  await inspector.context().close()
})

test('rules have versions, short messages say how far they came, scenes are data', async ({ browser }) => {
  test.setTimeout(120_000)
  const page = await as(browser, 'inspector', '/supervision/rules')
  await page.getByTestId('percent-near').fill('70')
  await expect(page.getByTestId('office-name')).toHaveValue('绵阳市政务服务管理局')
  await page.getByTestId('office-mark').fill('绵政数')
  await expect(page.getByText('文号样子：绵政数督〔')).toBeVisible()
  await clean(page, 'rules')
  await keep(page, 'rules')
  await page.getByTestId('save-rules').click()
  await page.getByTestId('reason').fill('试行提早提醒')
  await page.getByTestId('go').click()
  await expect(page.getByText('第 1 版', { exact: true })).toBeVisible()
  await page.reload()
  await expect(page.getByTestId('office-mark')).toHaveValue('绵政数')

  const clerk = await as(browser, 'supervisor', '/messages/texts')
  await expect(clerk.locator('[data-screen="texts"] tr[data-row]').filter({ hasText: no }).filter({ hasText: '受理' })).toContainText('到手机')
  await clean(clerk, 'short messages')
  await keep(clerk, 'texts')
  await clerk.goto(`${office.web}/console/#/messages/scenes`)
  await expect(clerk.locator('[data-screen="scenes"]')).toContainText('办结')
  await clean(clerk, 'scenes')
  await keep(clerk, 'scenes')
  await page.context().close()
  await clerk.context().close()
})

test('a paper demanded later needs the approval of another person and is a card, not the days of the applicant', async ({ browser }) => {
  test.setTimeout(180_000)
  const { case_no: twice } = await new Applicant(office.terminals[0]!).handIn({ person: 'wu', item: 'cxbx' })
  const open = async (page: Page) => {
    await expect.poll(async () => (await page.request.get(`${office.web}/api/staff/v1/window/cases/${twice}`)).status(), { timeout: 30_000 }).toBe(200)
    await page.goto(`${office.web}/console/#/window/case/${twice}`)
    await page.reload() // the address may be the same as before
    await expect(page.getByTestId('case-no')).toHaveText(twice)
  }
  const gap = async (page: Page, what: string) => {
    await page.getByTestId('gap-what-0').fill(what)
    await page.getByTestId('gap-how-0').fill('带原件到任一窗口补扫')
  }
  const clerk = await as(browser, 'clerk')
  await open(clerk)
  await clerk.keyboard.press('n')
  await gap(clerk, '户口簿少了变更页')
  await clerk.keyboard.press('Control+Enter')
  await expect(clerk.getByTestId('done')).toContainText('已一次性告知')
  await open(clerk) // he comes another day
  await expect(clerk.getByTestId('choose-supplement')).toBeVisible()
  await clerk.keyboard.press('s')
  await expect(clerk.getByRole('heading', { name: '收下补正材料' })).toBeVisible()
  for (const box of await clerk.locator('[data-testid^="came-"]').all()) await box.check()
  await clerk.keyboard.press('Control+Enter')
  await expect(clerk.getByTestId('done')).toContainText('收件')

  await test.step('the law wants everything said at once: the clerk is not offered a second notice', async () => {
    await open(clerk)
    await expect(clerk.getByTestId('choose-accept')).toBeVisible()
    await expect(clerk.getByTestId('choose-notice')).toHaveCount(0)
    await expect(clerk.getByTestId('choose-renotice')).toHaveCount(0)
  })

  await test.step('the head of the window may, with a reason and the approval of somebody else', async () => {
    const head = await as(browser, 'supervisor')
    await open(head)
    await head.getByTestId('choose-renotice').click()
    await gap(head, '还要居住地社区的证明')
    await head.keyboard.press('Control+Enter')
    await expect(head.getByRole('alert')).toContainText('还有 2 处要改')
    await clean(head, 'a second notice without approval')
    await head.getByTestId('reason').fill('第一次漏看了居住地这一项，是我们的责任')
    await head.getByTestId('approver').selectOption({ index: 1 }) // the other head of the hall; one's own name is not offered
    await clean(head, 'a second notice')
    await keep(head, 'second-notice')
    await head.keyboard.press('Control+Enter')
    await expect(head.getByTestId('done')).toContainText('告知')
    await head.context().close()
  })

  await clerk.goto(`${office.web}/console/#/supervision`)
  await expect(row(clerk, twice)).toContainText('黄牌')
  await row(clerk, twice).click()
  await expect(clerk.getByTestId('card')).toContainText('第 2 次')
  await keep(clerk, 'second-notice-card')
  await clerk.context().close()
})
