import type { Page } from '@playwright/test'
import { Applicant } from './applicant'
import { clean, expect, kiosk, openCase, reads, signIn, stack, test } from './stack'

test.use({ viewport: { width: 1440, height: 900 } })

const applicant = new Applicant(kiosk)
const keybar = (page: Page) => page.getByTestId('keybar')
const done = (page: Page) => page.getByTestId('done')

test('a clerk works through a received case with the keyboard alone', async ({ page }) => {
  const { case_no: no, qr } = await applicant.handIn({ person: 'dilnur', item: 'glbt' })
  await signIn(page)

  await test.step('finds it by its number', async () => {
    await page.keyboard.press('/')
    await page.keyboard.type(no)
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('row-' + no)).toHaveClass(/current/)
    await expect(page.getByTestId('row-' + no)).toContainText('余 5 工作日')
    await page.keyboard.press('Enter')
    await expect(page.locator('[data-screen="case"]')).toHaveAttribute('data-state', 'received')
    await clean(page, 'a received case')
  })

  await test.step('looks at every point; the paper beside it follows', async () => {
    await expect(keybar(page)).toContainText('看过')
    await page.keyboard.press('Space')
    await expect(page.getByRole('tab', { selected: true })).toContainText('居民户口簿')
    await clean(page, 'a scanned page')
    await expect(page.getByTestId('verdict')).toContainText('还有')
    // In a hurry: nobody waits between the presses, and each is for the next point.
    const open = page.locator('[data-testid^="point-"]:not(:checked)')
    for (let left = await open.count(); left > 0; left--) await page.keyboard.press('Space')
    await expect(open).toHaveCount(0)
    await expect(page.getByTestId('verdict')).toContainText('可以受理')
    await expect(page.getByTestId('choose-accept')).toBeFocused()
  })

  await test.step('sees what the key will do, and the paper, before pressing it', async () => {
    await page.keyboard.press('Control+Enter')
    await expect(page.getByRole('heading', { name: '受理，并出通知书' })).toBeVisible()
    await expect(keybar(page)).not.toContainText('看过')
    await reads(page, ['受理通知书', '迪丽努尔', '样张，未编号'])
    await expect(page.getByRole('tab', { selected: true })).toContainText('样张')
    await clean(page, 'before acceptance')
  })

  await test.step('accepts; number, dates and verify code are there', async () => {
    await page.keyboard.press('Control+Enter')
    await expect(done(page)).toContainText('已受理')
    await expect(page.getByTestId('document-no')).toHaveText(/受〔2026〕\d+号/)
    await expect(page.getByTestId('clock')).toContainText('余 5')
    await reads(page, ['受理通知书', await page.getByTestId('document-no').innerText()])
    await clean(page, 'accepted')
  })

  await test.step('the applicant sees it through the QR of the slip', async () => {
    const phone = await page.context().newPage()
    await phone.setViewportSize({ width: 390, height: 844 })
    await phone.goto(qr)
    await expect(phone.getByTestId('case-no')).toHaveText(no)
    await expect(phone.getByTestId('state')).toHaveText('已受理，正在办')
    await expect(phone.getByText('迪*提')).toBeVisible()
    await clean(phone, 'progress')
    await phone.close()
  })

  await test.step('goes on with the next one', async () => {
    await expect(page.getByTestId('next')).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(done(page)).toHaveCount(0)
  })
})

test('a one-time notice lists a gap in the words of the clerk', async ({ page }) => {
  const { case_no: no, qr } = await applicant.handIn({ person: 'wu', item: 'cxbx' })
  await signIn(page)
  await openCase(page, no)
  await page.keyboard.press('n')
  await expect(page.getByTestId('gap-what-0')).toBeFocused()

  await test.step('without words it is not sent, and the field says what is missing', async () => {
    await page.keyboard.press('Control+Enter')
    await expect(page.getByRole('alert')).toContainText('还有 2 处要改')
    await expect(page.getByTestId('gap-what-0')).toBeFocused()
    await expect(page.getByTestId('gap-what-0')).toHaveAttribute('aria-invalid', 'true')
    await clean(page, 'a notice without words')
  })

  await test.step('with words the sample is drawn beside them', async () => {
    await page.keyboard.type('户口簿少了变更页')
    await page.keyboard.press('Tab')
    await page.keyboard.type('带户口簿到任一窗口，把变更页补扫进来')
    await reads(page, ['一次性告知书', '户口簿少了变更页'])
    await clean(page, 'a notice with its sample')
  })

  await page.keyboard.press('Control+Enter')
  await expect(done(page)).toContainText(/已一次性告知，\d+月\d+日前补齐/)
  await expect(page.getByTestId('state')).toContainText('补正中')
  await page.goto(qr)
  await expect(page.getByTestId('state')).toHaveText('要您补材料')
  await clean(page, 'progress of a notice')
})

test('a refusal without a reason is refused at the field', async ({ page }) => {
  const { case_no: no } = await applicant.handIn({ person: 'ma', item: 'ydjy' })
  await signIn(page)
  await openCase(page, no)
  await page.keyboard.press('r')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('alert')).toContainText('选一种不予受理的情形')
  await expect(page.getByRole('radio', { name: /不符合条件/ })).toBeFocused()
  await page.keyboard.press('Space')
  await page.getByTestId('reason').focus()
  await page.keyboard.type('不行')
  await page.keyboard.press('Tab')
  await expect(page.getByText('理由至少 8 个字，还差 6 个')).toBeVisible()
  await clean(page, 'a refusal without a reason')
  await page.getByTestId('reason').focus()
  await page.keyboard.press('End')
  await page.keyboard.type('，医保关系不在绵阳，请在参保地备案')
  await reads(page, ['不予受理通知书', '医保关系不在绵阳'])
  await page.keyboard.press('Control+Enter')
  await expect(page.getByTestId('state')).toContainText('不予受理')
  await expect(page.getByTestId('document-no')).toHaveText(/不受〔2026〕\d+号/)
  await clean(page, 'refused')
})

test('a proof is granted with its lines; its code and file verify, a changed file does not', async ({ page }) => {
  const { case_no: no, qr } = await applicant.handIn({ person: 'zhou', item: 'cbzm' })
  await signIn(page)
  await openCase(page, no)
  await page.keyboard.press('Control+Enter')
  await expect(page.getByTestId('fact-0')).toBeFocused()
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('照业务系统填写“参保地”').first()).toBeVisible()
  await clean(page, 'a proof without lines')
  for (const line of ['绵阳市涪城区', '职工养老保险', '正常参保', '2026年10月', '218']) {
    await page.keyboard.type(line)
    await page.keyboard.press('Tab')
  }
  await reads(page, ['个人参保证明', '218'])
  await page.keyboard.press('Control+Enter')
  await expect(done(page)).toContainText('办结')
  const code = await page.getByTestId('verify-code').innerText()
  const pdf = Buffer.from(await page.evaluate(async (caseNo) => {
    const c = (await (await fetch('/api/staff/v1/window/cases/' + caseNo)).json()) as { documents: { url: string }[] }
    const bytes = new Uint8Array(await (await fetch(c.documents.at(-1)!.url)).arrayBuffer())
    return Array.from(bytes)
  }, no))

  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${stack.web}/v/${code}`)
  await expect(page.locator('[data-verdict="valid"]')).toBeVisible()
  await expect(page.getByText('218')).toBeVisible()
  await expect(page.getByText('周*明')).toBeVisible()
  await clean(page, 'a valid paper')

  const choose = (name: string, buffer: Buffer) => page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/pdf', buffer })
  await choose('证明.pdf', pdf)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('文件没有改动，有效')
  const forged = Buffer.concat([pdf, Buffer.from('\n% 268')])
  await choose('改过.pdf', forged)
  await expect(page.locator('[data-verdict="changed"]')).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('内容被改过，不要用')
  await clean(page, 'a changed paper')
  await choose('照片.pdf', Buffer.from('not a paper'))
  await expect(page.getByRole('alert')).toContainText('这不是文书的电子文件')

  await page.goto(qr)
  await expect(page.getByTestId('state')).toHaveText('办好了')
})

test('a case arrives while the list is open, and the row under the hand stays', async ({ page }) => {
  await applicant.handIn({ person: 'xie', item: 'lhjy' })
  await applicant.handIn({ person: 'zhang', item: 'cxbx' })
  await signIn(page)
  await page.goto(stack.web + '/console/#/window?tab=all') // newest first: arrivals come in above
  await page.keyboard.press('j')
  const current = page.locator('tr.current')
  const before = { id: await current.getAttribute('data-testid'), y: (await current.boundingBox())!.y }
  await page.evaluate(() => Object.assign(window, { notReloaded: true }))

  const { case_no: no } = await applicant.handIn({ person: 'zhou', item: 'syj' })
  await expect(page.getByTestId('row-' + no)).toContainText('＋')
  expect(await current.getAttribute('data-testid')).toBe(before.id)
  expect((await current.boundingBox())!.y).toBeLessThanOrEqual(before.y + 45) // never more than the row that came in
  expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true)
  await clean(page, 'a live arrival')
})

test('two clerks decide at once: the second is told who was faster and loses no word', async ({ page, browser }) => {
  const { case_no: no } = await applicant.handIn({ person: 'zhang', item: 'gzf', second: 'zhou' })
  await signIn(page)
  await openCase(page, no)
  await page.keyboard.press('n')
  await page.getByTestId('gap-what-0').fill('户口簿缺第二页')
  await page.getByTestId('gap-how-0').fill('带户口簿到窗口补扫')

  const other = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  await signIn(other, 'supervisor')
  await openCase(other, no)
  await other.keyboard.press('Control+Enter')
  await expect(other.getByRole('heading', { name: '受理，并出通知书' })).toBeVisible()
  await other.keyboard.press('Control+Enter')
  await expect(done(other)).toBeVisible()

  await page.keyboard.press('Control+Enter')
  await expect(page.getByTestId('conflict')).toContainText('先办了：已受理')
  await expect(page.getByTestId('conflict')).toContainText('没有发出去')
  await expect(page.getByTestId('gap-how-0')).toHaveValue('带户口簿到窗口补扫')
  await expect(page.getByTestId('decide')).toBeDisabled()
  await clean(page, 'a conflict')
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('state')).toContainText('已受理')
  await other.context().close()
})

test('a whole number is shown for a reason that is kept', async ({ page }) => {
  const { case_no: no } = await applicant.handIn({ person: 'zhou', item: 'sbkbl' })
  await signIn(page)
  await openCase(page, no)
  await expect(page.getByText('510799********0018').first()).toBeVisible()
  await page.getByRole('button', { name: /看全文.*证件号/ }).click()
  await page.keyboard.type('查')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('至少')
  await clean(page, 'asking for a reason')
  await page.keyboard.type('核对业务系统')
  await page.keyboard.press('Enter')
  await expect(page.getByText('510799199001010018')).toBeVisible()
  await expect(page.locator('[data-screen="case"]')).not.toHaveAttribute('data-act', /./) // the letters typed were no keys
})

test('the head of a case says whose document it is, where it is no citizen’s card', async ({ page }) => {
  const done = await new Applicant(kiosk).handIn({ person: 'foreign23', item: 'cbzm' })
  await signIn(page)
  await openCase(page, done.case_no)
  await expect(page.getByTestId('document')).toHaveText('外国人永久居留身份证')
  await clean(page, 'a foreigner')
})
