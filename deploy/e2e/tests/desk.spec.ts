import type { Browser, Page } from '@playwright/test'
import { Applicant } from './applicant'
import { Office } from './office'
import { clean, expect, test } from './stack'

// The department's desk (部门审批验收): what the window accepted is signed for with its papers, asked about and decided; who signs
// for what is configured. In a centre of its own.
test.describe.configure({ mode: 'serial' })
const office = new Office(true)
const viewport = { width: 1440, height: 900 }
test.beforeAll(async () => {
  test.setTimeout(240_000)
  await office.open()
})
test.afterAll(() => office.close())

async function as(browser: Browser, login: string, path = ''): Promise<Page> {
  const page = await (await browser.newContext({ viewport })).newPage()
  await office.signIn(page, login)
  if (path) await page.goto(`${office.web}/console/#${path}`)
  return page
}
const keep = async (page: Page, name: string) => {
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/desk-${name}.png` })
}

/** A hand-in travels from the terminal to the centre by itself. */
const arrived = (page: Page, no: string) =>
  expect.poll(async () => (await page.request.get(`${office.web}/api/staff/v1/window/cases/${no}`)).status(), { timeout: 30_000 }).toBe(200)

/** An errand that a clerk accepts: the points are ticked and the slip is issued. */
async function accepted(clerk: Page, person: string): Promise<string> {
  const { case_no: no } = await new Applicant(office.terminals[0]!).handIn({ person, item: 'glbt' })
  await arrived(clerk, no)
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
  return no
}

/** The department looks at every point itself. */
async function review(desk: Page) {
  const open = desk.locator('[data-testid^="tick-"]:not(:checked)')
  for (let left = await open.count(); left > 0; left--) {
    await expect(async () => {
      if ((await open.count()) === left) await desk.keyboard.press('Space')
      await expect(open).toHaveCount(left - 1, { timeout: 2000 })
    }).toPass() // a key that came while the pane was being drawn is pressed again
  }
}
const state = (desk: Page, s: string) => expect(desk.getByTestId('task-state')).toHaveAttribute('data-state', s)

test('what is accepted is signed for with its folder, asked about, stopped, restarted and granted', async ({ browser }) => {
  test.setTimeout(240_000)
  const clerk = await as(browser, 'clerk')
  const desk = await as(browser, 'approver', '/desk?tab=sign')
  await expect(desk.getByText('没有等签收的').first()).toBeVisible()
  await clean(desk, 'nothing to sign for')
  const no = await accepted(clerk, 'dilnur')

  await test.step('the folder leaves the window with its label', async () => {
    await clerk.goto(`${office.web}/console/#/desk/folders`)
    await clerk.locator('[data-folder]').filter({ hasText: no }).click()
    await expect(clerk.getByTestId('folder')).toHaveText(/^F\d\d-\d{4}$/)
    const code = await clerk.getByTestId('folder').innerText()
    const label = await clerk.request.get(`${office.web}/api/staff/v1/desk/folders/${code}/label`)
    expect(label.headers()['content-type']).toBe('application/pdf')
    await clean(clerk, 'a folder to send')
    await keep(clerk, 'folder-to-send')
    await clerk.getByTestId('send').click()
    await expect(clerk.getByTestId('holder')).toContainText('没人签收')
  })

  await test.step('the task came by itself; one paper of the folder is missing', async () => {
    await expect(desk.getByTestId('task-no')).toHaveText(no)
    await expect(desk.getByTestId('sign-pane')).toBeVisible()
    await clean(desk, 'a task to sign for')
    await keep(desk, 'sign')
    await desk.keyboard.press('a')
    await desk.getByTestId('paper-1').uncheck()
    await desk.keyboard.press('Control+Enter')
    await state(desk, 'reviewing')
    await expect(desk.getByText('缺 1 份材料，已告诉窗口').first()).toBeVisible()
  })

  await test.step('the window is told, and finds the folder by its code as a scanner types it', async () => {
    const missing = clerk.locator('section').filter({ has: clerk.getByRole('heading', { name: /^少了材料/ }) })
    await expect(missing.locator('[data-folder]')).toContainText(no)
    await expect(clerk.locator('[data-folder]')).toHaveCount(1)
    const code = await clerk.getByTestId('folder').innerText()
    await clerk.getByTestId('scan').fill(`${office.web}/console/#/desk/folders?at=${code}`)
    await clerk.keyboard.press('Enter')
    await expect(clerk.getByTestId('holder')).toContainText('在涪城区民政局')
    await expect(clerk.getByText('没有断')).toBeVisible()
    await clean(clerk, 'a folder that lacks a paper')
    await keep(clerk, 'folder-missing')
  })

  await test.step('another department is asked and answers; nothing is decided before', async () => {
    await desk.keyboard.press('q')
    await desk.getByTestId('ask-office').selectOption('fc-scjg')
    await desk.getByTestId('reason').fill('申请人名下有没有在营的店')
    await clean(desk, 'a question')
    await desk.keyboard.press('Control+Enter')
    await state(desk, 'asking')
    await expect(desk.getByTestId('way-grant')).toHaveCount(0)
    const other = await as(browser, 'approver2', '/desk/opinions')
    await other.getByTestId('stance-conditions').click()
    await other.getByTestId('opinion').fill('没有在营的店，请核对户口簿')
    await clean(other, 'an opinion to give')
    await keep(other, 'opinion')
    await other.keyboard.press('Control+Enter')
    await expect(other.getByText('没有等您答复的').first()).toBeVisible()
    await state(desk, 'reviewing')
    await expect(desk.locator('[data-opinion="answered"]')).toContainText('没有在营的店')
    await other.context().close()
  })

  await test.step('the clock stands for an appraisal and runs again', async () => {
    await desk.keyboard.press('p')
    await desk.getByTestId('procedure').selectOption('appraisal')
    await desk.getByTestId('reason').fill('送区鉴定中心鉴定，五个工作日')
    await clean(desk, 'a stop of the clock')
    await desk.keyboard.press('Control+Enter')
    await expect(desk.getByTestId('done')).toContainText('特别程序')
    await expect(desk.locator(`[data-task="${no}"]`)).toContainText('停表')
    await desk.getByTestId('way-resume').click()
    await desk.keyboard.press('Control+Enter')
    await expect(desk.getByTestId('done')).toContainText('恢复')
    await expect(desk.locator(`[data-task="${no}"]`)).not.toContainText('停表')
    await expect(desk.getByTestId('way-pause')).toBeVisible() // the case has come back as it is now
    await expect(desk.getByTestId('subject')).toBeFocused()
  })

  await test.step('every point looked at, it is granted; the document verifies', async () => {
    await review(desk)
    await desk.keyboard.press('y')
    await clean(desk, 'before the decision')
    await keep(desk, 'decide')
    await desk.keyboard.press('Control+Enter')
    await expect(desk.getByTestId('done')).toContainText('已出具')
    await desk.getByTestId('tab-done').click()
    await expect(desk.locator(`[data-task="${no}"]`)).toContainText('已决定')
    await clerk.goto(`${office.web}/console/#/window/case/${no}`)
    await expect(clerk.getByTestId('state')).toContainText('办结')
    for (const line of ['部门签收', '材料没有交齐', '征询意见', '意见答复']) await expect(clerk.getByText(line).first()).toBeVisible()
    const { documents } = (await (await clerk.request.get(`${office.web}/api/staff/v1/window/cases/${no}`)).json()) as { documents: { title: string; verify_code: string }[] }
    const paper = documents.at(-1)!
    const anybody = await (await browser.newContext()).newPage()
    await anybody.goto(`${office.web}/v/${paper.verify_code}`)
    await expect(anybody.locator('[data-verdict="valid"]')).toBeVisible()
    await expect(anybody.getByText(paper.title).first()).toBeVisible()
    await anybody.context().close()
  })
  await desk.context().close()
  await clerk.context().close()
})

test('a second one is sent back once, and not granted for a reason that the applicant can read', async ({ browser }) => {
  test.setTimeout(180_000)
  const clerk = await as(browser, 'clerk')
  const no = await accepted(clerk, 'zhou')
  const desk = await as(browser, 'approver', '/desk?tab=sign')
  await expect(desk.getByTestId('task-no')).toHaveText(no)
  await desk.keyboard.press('r')
  await desk.keyboard.press('Control+Enter')
  await expect(desk.getByRole('alert')).toContainText('至少 4 个字')
  await desk.getByTestId('refuse-reason').fill('袋里是别人的户口簿')
  await clean(desk, 'a refusal to sign')
  await desk.keyboard.press('Control+Enter')
  await expect(desk.getByText('没有等签收的').first()).toBeVisible()

  await clerk.goto(`${office.web}/console/#/desk/folders`)
  await clerk.locator(`[data-returned="${no}"]`).getByRole('button', { name: '重新送' }).click()
  await clerk.getByTestId('reason').fill('户口簿换过来了')
  await clean(clerk, 'sending again')
  await clerk.getByTestId('go').click()
  await expect(clerk.locator(`[data-returned="${no}"]`)).toHaveCount(0)

  await expect(desk.getByTestId('task-no')).toHaveText(no)
  await desk.keyboard.press('a')
  await desk.keyboard.press('Control+Enter')
  await expect(desk.locator('[data-screen="desk"]')).toHaveAttribute('data-tab', 'mine')
  await state(desk, 'reviewing')
  await review(desk)
  await desk.keyboard.press('n')
  await desk.keyboard.press('Control+Enter')
  await expect(desk.getByRole('alert')).toContainText('至少 8 个字')
  await desk.getByTestId('reason').fill('户籍不在本区，向户籍所在地申领')
  await desk.keyboard.press('Control+Enter')
  await expect(desk.getByTestId('done')).toContainText('不予')
  await clerk.goto(`${office.web}/console/#/window/case/${no}`)
  await expect(clerk.getByTestId('state')).toContainText('不予')
  await desk.context().close()
  await clerk.context().close()
})

test('who presses on before the answer has come loses neither the act nor its answer', async ({ browser }) => {
  test.setTimeout(180_000)
  const clerk = await as(browser, 'clerk')
  const no = await accepted(clerk, 'wu')
  const desk = await as(browser, 'approver', '/desk?tab=sign')
  await expect(desk.getByTestId('task-no')).toHaveText(no)
  await desk.keyboard.press('a')
  await desk.keyboard.press('Control+Enter')
  await state(desk, 'reviewing')

  // A slow line: everything is pressed at once, and done in its order.
  const slowly = async (wait: number) => {
    await desk.unroute('**/api/staff/v1/desk/tasks/**')
    await desk.route('**/api/staff/v1/desk/tasks/**', async (route) => {
      if (route.request().method() === 'POST') await new Promise((r) => setTimeout(r, wait))
      await route.continue()
    })
  }
  await slowly(400)
  const points = await desk.locator('[data-testid^="tick-"]').count()
  expect(points).toBeGreaterThan(1)
  for (let i = 0; i < points; i++) await desk.keyboard.press('Space')
  await expect(desk.locator('[data-testid^="tick-"]:not(:checked)')).toHaveCount(0)

  // Refused: the answer is read before the page is left.
  await desk.keyboard.press('n')
  await desk.getByTestId('reason').fill('户籍不在本区，向户籍所在地申领')
  await desk.route('**/api/staff/v1/desk/tasks/*/decide', async (route) => {
    await new Promise((r) => setTimeout(r, 800))
    await route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ code: 'unavailable', detail: '服务忙，请稍后再试' }) })
  })
  await desk.keyboard.press('Control+Enter')
  await desk.getByTestId('tab-done').click()
  await expect(desk.getByRole('alert')).toContainText('服务忙')
  await expect(desk.locator('[data-screen="desk"]')).toHaveAttribute('data-tab', 'mine')
  await expect(desk.getByTestId('reason')).toHaveValue('户籍不在本区，向户籍所在地申领')

  // Done: what was pressed meanwhile happens after it, and the list has it.
  await desk.unroute('**/api/staff/v1/desk/tasks/*/decide')
  await slowly(1500)
  await desk.keyboard.press('Control+Enter')
  await desk.getByTestId('tab-done').click()
  await expect(desk.locator('[data-screen="desk"]')).toHaveAttribute('data-tab', 'done')
  await expect(desk.locator(`[data-task="${no}"]`)).toContainText('已决定')
  await desk.context().close()
  await clerk.context().close()
})

test('what has to be signed for is configured item by item, with its versions', async ({ browser }) => {
  const page = await as(browser, 'deskadmin', '/desk/rules?at=glbt')
  await page.getByTestId('rule-time').fill('11:00')
  await clean(page, 'a rule')
  await keep(page, 'rules')
  await page.getByTestId('save-rule').click()
  await page.getByTestId('reason').fill('上午就要送到')
  await page.getByTestId('go').click()
  await expect(page.getByText('第 2 版', { exact: true })).toBeVisible()
  await page.context().close()
})
