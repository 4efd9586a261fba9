import type { Browser, Page } from '@playwright/test'
import { Applicant } from './applicant'
import { clean, expect, fillSignIn, kiosk, stack, test } from './stack'

test.use({ viewport: { width: 1440, height: 900 } })
test.describe.configure({ mode: 'serial' })

const login = 'he.shu' + Date.now().toString(36)
const name = '何舒'
const own = 'Own-Password-2026'
let first = ''
let address = ''

async function administrator(browser: Browser, who: string) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await page.goto(stack.web + '/admin/')
  await fillSignIn(page, who)
  await expect(page.locator('[data-screen="home"]')).toBeVisible()
  return page
}

/** Writes why, and does it with the key. */
async function because(page: Page, reason: string) {
  await page.getByTestId('reason').fill(reason)
  await page.keyboard.press('Control+Enter')
  await expect(page.getByTestId('reason')).toHaveCount(0)
}

const inbox = (page: Page) => page.locator('[data-screen="inbox"], [data-screen="today"]')
const wrong = async (page: Page) => {
  await page.getByTestId('login').fill(login)
  await page.getByTestId('password').fill('wrong-password')
  await page.getByTestId('sign-in').click()
  await expect(page.getByRole('alert')).toContainText('密码不对')
  await expect(page.getByTestId('password')).toHaveValue('')
}

test('a system administrator makes a person, and can give her nothing', async ({ browser }) => {
  const page = await administrator(browser, 'sysadmin')
  await page.goto(stack.web + '/admin/#/people')
  await page.getByTestId('new-person').click()
  await page.getByTestId('f-login').fill(login)
  await page.getByTestId('f-name').fill(name)
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('选一个单位', { exact: true }).last()).toBeVisible() // says what is missing, keeps what is written
  await expect(page.getByTestId('f-name')).toHaveValue(name)
  await page.getByTestId('f-department').selectOption({ index: 1 })
  await page.getByTestId('reason').fill('新到岗，窗口人员')
  await clean(page, 'a new person')
  await page.keyboard.press('Control+Enter')
  first = (await page.getByTestId('one-time').textContent())!.trim()
  expect(first.length).toBeGreaterThan(9)
  await page.getByTestId('one-time-seen').click()
  await expect(page.getByTestId('answer')).toHaveText(name)
  await expect(page.getByText('还没有权限')).toBeVisible()
  await expect(page.getByTestId('act-grant')).toHaveCount(0) // who makes people gives them nothing
  await clean(page, 'a person')
  address = page.url()

  await page.goto(stack.web + '/admin/#/people/organisation')
  await expect(page.getByTestId('answer')).toContainText('个单位')
  await clean(page, 'organisation')
  await page.keyboard.press('n')
  await page.getByTestId('d-name').fill('样例便民服务站' + login.slice(-5))
  await clean(page, 'a new department')
  await because(page, '新设便民服务站')
  await expect(page.getByRole('rowheader', { name: '样例便民服务站' + login.slice(-5) })).toBeVisible()
  await page.getByTestId('part-halls').click()
  await expect(page.getByRole('button', { name: '加窗口' }).first()).toBeVisible()
  await clean(page, 'halls')
  await page.getByTestId('part-posts').click()
  await page.keyboard.press('n')
  await page.getByTestId('p-title').fill('流动服务' + login.slice(-5))
  await because(page, '新设流动服务岗')
  await expect(page.getByRole('rowheader', { name: '流动服务' + login.slice(-5) })).toBeVisible()
  await clean(page, 'posts')
  await page.context().close()
})

test('a security administrator grants with scope and reason; she sees only what is hers; her session ends, her lock opens', async ({ browser, page: hers }) => {
  const { case_no: no } = await new Applicant(kiosk).handIn({ person: 'zhou', item: 'cbzm' })
  const page = await administrator(browser, 'secadmin')
  await page.goto(address)
  await page.getByTestId('act-grant').click()
  await page.getByTestId('grant-role').selectOption('clerk')
  await page.getByTestId('grant-scope').selectOption('own')
  await expect(page.getByRole('dialog')).toContainText('自己经手的件上 可以')
  await clean(page, 'a grant')
  await because(page, '新到岗，先办自己的件')
  await expect(page.getByTestId('grant-clerk')).toContainText('新到岗，先办自己的件')

  await hers.goto(stack.web + '/console/')
  await hers.getByTestId('login').fill(login)
  await hers.getByTestId('password').fill(first)
  await hers.getByTestId('sign-in').click()
  await hers.getByTestId('new-password').fill(own)
  await hers.getByTestId('again').fill(own)
  await hers.getByTestId('change').click()
  await expect(inbox(hers)).toBeVisible()
  await expect(hers.getByText('没有等您处理的件')).toBeVisible() // the one just handed in is not hers
  await hers.goto(`${stack.web}/console/#/window/case/${no}`)
  await expect(hers.getByTestId('case-no')).toHaveCount(0)
  expect((await hers.request.get(`${stack.web}/api/admin/v1/people/accounts`)).status()).toBe(401)

  await page.reload()
  await page.locator('[data-screen="person"] .sessions').getByRole('button').first().click()
  await clean(page, 'ending a session')
  await because(page, '离开窗口忘记退出')
  await expect(page.getByText('现在没有登录。')).toBeVisible()
  await hers.goto(stack.web + '/console/')
  await expect(hers.locator('[data-screen="sign-in"]')).toBeVisible()

  for (let i = 0; i < 5; i++) await wrong(hers)
  await page.reload()
  await expect(page.locator('[data-screen="person"]')).toHaveAttribute('data-state', 'locked')
  await clean(page, 'a locked person')
  await page.getByTestId('act-unlock').click()
  await because(page, '本人当面核实')
  await expect(page.locator('[data-screen="person"]')).toHaveAttribute('data-state', 'active')
  await hers.getByTestId('login').fill(login)
  await hers.getByTestId('password').fill(own)
  await hers.getByTestId('sign-in').click()
  await expect(inbox(hers)).toBeVisible()
  await page.context().close()
})
