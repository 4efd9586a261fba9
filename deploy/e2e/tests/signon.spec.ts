import type { Browser, Page } from '@playwright/test'
import { createHash } from 'node:crypto'
import { Hand, Office, OtherSystem } from './office'
import { clean, expect, test } from './stack'

test.use({ viewport: { width: 1440, height: 900 } })
test.describe.configure({ mode: 'serial' })

const office = new Office()
const records = new OtherSystem()
const phone = '13900000012' // the emulated province's SC-0001 has it too
const own = 'Own-Password-2026'
const secret: Record<string, string> = {}
let clerk = ''
let signOnSystem = ''
let sent = 0

test.beforeAll(async () => {
  test.setTimeout(120_000)
  await records.open()
  await office.open()
})
test.afterAll(async () => {
  records.close()
  await office.close()
})

const frame = (page: Page) => page.locator('header.top')
const alert = (page: Page) => page.getByRole('alert')

async function fill(page: Page, login: string, password: string) {
  await page.getByTestId('login').fill(login)
  await page.getByTestId('password').fill(password)
  await page.getByTestId('sign-in').click()
}

async function prove(page: Page, login: string) {
  await page.getByTestId('totp').fill(await office.code(secret[login]!))
  await page.getByTestId('prove').click()
}

async function ownPassword(page: Page) {
  await page.getByTestId('new-password').fill(own)
  await page.getByTestId('again').fill(own)
  await page.getByTestId('change').click()
}

async function enrol(page: Page, login: string) {
  secret[login] = (await page.getByTestId('secret').textContent())!.trim()
  await prove(page, login)
  await expect(page.getByTestId('recovery')).toHaveCount(10)
}

async function fresh(browser: Browser) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  return context.newPage()
}

/** Signs an administrator in, for the first time where it is the first. */
async function administrator(page: Page, login: string) {
  await page.goto(office.web + '/admin/')
  if (secret[login]) {
    await fill(page, login, own)
    await prove(page, login)
  } else {
    await fill(page, login, office.first(login))
    await enrol(page, login)
    await page.getByTestId('kept').click()
    await ownPassword(page)
  }
  await expect(frame(page)).toBeVisible()
}

test('the first sign-in of an administrator: authenticator, recovery codes, own password', async ({ page }) => {
  await page.goto(office.web + '/admin/')
  await clean(page, 'first step')
  await fill(page, 'sysadmin', office.first('sysadmin'))
  await expect(page.getByRole('heading', { name: '绑定动态口令' })).toBeVisible()
  await expect(page.getByRole('img', { name: /二维码/ })).toBeVisible()
  await clean(page, 'enrolment')
  secret.sysadmin = (await page.getByTestId('secret').textContent())!.trim()
  const right = await office.code(secret.sysadmin)
  await page.getByTestId('totp').fill(right === '000000' ? '000001' : '000000')
  await page.getByTestId('prove').click()
  await expect(alert(page)).toContainText('动态口令不对')
  await page.getByTestId('totp').fill(right)
  await page.getByTestId('prove').click()
  await expect(page.getByTestId('recovery')).toHaveCount(10)
  await clean(page, 'recovery codes')
  const spare = (await page.getByTestId('recovery').first().textContent())!
  await page.getByTestId('kept').click()
  await expect(page.getByRole('heading', { name: '改成自己的密码' })).toBeVisible()
  await clean(page, 'own password')
  await page.getByTestId('new-password').fill('short')
  await page.getByTestId('again').fill('short')
  await page.getByTestId('change').click()
  await expect(alert(page)).toBeVisible()
  await ownPassword(page)
  await expect(frame(page)).toBeVisible()

  // The phone is lost: a recovery code opens once.
  await page.getByRole('button', { name: '退出' }).click()
  for (const taken of [true, false]) {
    await fill(page, 'sysadmin', own)
    await expect(page.getByRole('heading', { name: '动态口令' })).toBeVisible()
    await clean(page, 'code step')
    await page.getByTestId('lost').click()
    await page.getByTestId('totp').fill(spare)
    await page.getByTestId('prove').click()
    if (taken) {
      await expect(frame(page)).toBeVisible()
      await page.getByRole('button', { name: '退出' }).click()
    } else await expect(alert(page)).toContainText('恢复码不对或已经用过')
  }
})

test('administrators make a clerk and register another system', async ({ page, browser }) => {
  await administrator(page, 'sysadmin')
  const hand = await Hand.of(office, page)
  const made = await hand.post<{ password: string; account: { id: string } }>('/people/accounts', {
    login: 'li.na', name: '李娜', department: 'fc-xspj', hall: 'fc-hall', desk: 'B 区 11 号窗', phone, reason: '新入职人员',
  })
  clerk = made.account.id
  secret['first:li.na'] = made.password
  const out = await hand.post<{ secret: string }>('/sso/clients', {
    id: 'records', name: '档案系统', owner: '市档案馆 0816-0000000', redirects: [records.base + '/back'], backchannel: records.base + '/out', internal: true, reason: '系统联调',
  })
  signOnSystem = out.secret

  const other = await fresh(browser)
  await administrator(other, 'secadmin')
  await (await Hand.of(office, other)).post(`/people/accounts/${clerk}/grants`, { role: 'clerk', scope: 'region', place: '510703000000', reason: '到岗办件' })
  await other.context().close()

  const her = await fresh(browser)
  await her.goto(office.web + '/console/')
  await fill(her, 'li.na', made.password)
  await ownPassword(her)
  await expect(her.locator('[data-screen="inbox"], [data-screen="today"]')).toBeVisible()
  await her.context().close()
})

test('one sign-on opens both consoles and another system, and one way out closes all of them', async ({ page, context }) => {
  await administrator(page, 'sysadmin')
  await page.goto(office.web + '/console/') // no second login
  await expect(frame(page)).toContainText('综合窗口')
  const management = await context.newPage()
  await management.goto(office.web + '/admin/')
  await expect(frame(management)).toContainText('管理台')

  const verifier = 'v'.repeat(64)
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const other = await context.newPage()
  const begin = new URLSearchParams({ client_id: 'records', redirect_uri: records.base + '/back', response_type: 'code', scope: 'openid profile', state: 's', nonce: 'n', code_challenge: challenge, code_challenge_method: 'S256' })
  await other.goto(`${office.web}/sso/authorize?${begin}`) // no login either
  await expect(other).toHaveURL(new RegExp('^' + records.base + '/back\\?'))
  const tokens = (code: string) =>
    fetch(office.web + '/sso/token', {
      method: 'POST',
      headers: { Authorization: 'Basic ' + Buffer.from(`records:${signOnSystem}`).toString('base64') },
      body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: records.base + '/back', code_verifier: verifier }),
    })
  const code = new URL(other.url()).searchParams.get('code')!
  const got = await tokens(code)
  expect(got.status).toBe(200)
  const claims = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>
  const id = claims(((await got.json()) as { id_token: string }).id_token)
  expect(id).toMatchObject({ name: '高原', nonce: 'n', amr: ['pwd', 'otp', 'mfa'] })
  expect((await tokens(code)).status, 'the same code again').toBe(400)

  await page.getByRole('button', { name: '退出' }).click()
  await expect(page.locator('[data-screen="sign-in"]')).toBeVisible()
  await expect(management.locator('[data-screen="sign-in"]')).toBeVisible()
  for (const audience of ['staff', 'admin']) expect((await context.request.get(`${office.web}/api/${audience}/v1/auth/me`)).status()).toBe(401)
  await expect.poll(() => records.told.length, { timeout: 20_000 }).toBe(1)
  expect(claims(records.told[0]!)).toMatchObject({ sid: id.sid, sub: id.sub })
  await other.goto(`${office.web}/sso/authorize?${begin}`)
  await expect(other.locator('[data-screen="sign-in"]')).toContainText('另一个系统请您先登录')
  await clean(other, 'sign-on for another system')
})

test('the code of the authenticator is good once, and the workbench alone does not open the management', async ({ page, browser }) => {
  await page.goto(office.web + '/admin/')
  await fill(page, 'sysadmin', own)
  const code = await office.code(secret.sysadmin!)
  await page.getByTestId('totp').fill(code)
  await page.getByTestId('prove').click()
  await expect(frame(page)).toBeVisible()
  const again = await fresh(browser)
  await again.goto(office.web + '/admin/')
  await fill(again, 'sysadmin', own)
  await again.getByTestId('totp').fill(code)
  await again.getByTestId('prove').click()
  await expect(alert(again)).toContainText('已经用过')
  await again.context().close()

  const her = await fresh(browser)
  await her.goto(office.web + '/console/')
  await fill(her, 'li.na', own)
  await expect(her.locator('[data-screen="inbox"], [data-screen="today"]')).toBeVisible()
  await her.goto(office.web + '/admin/')
  await expect(her.getByRole('heading', { name: '绑定动态口令' })).toBeVisible()
  expect((await her.request.get(office.web + '/api/admin/v1/auth/me')).status()).toBe(401)
  await her.context().close()
})

test('a code on the phone: right, wrong, replayed, expired', async ({ page, browser }) => {
  const ask = async (p: Page) => {
    await p.goto(office.web + '/console/')
    await p.getByTestId('by-phone').click()
    await p.getByTestId('phone').fill(phone)
    await p.getByTestId('send-code').click()
    await expect(p.getByText('验证码已经发出')).toBeVisible()
    return office.sent(phone, ++sent)
  }
  const enter = async (p: Page, code: string) => {
    await p.getByTestId('phone-code').fill(code)
    await p.getByTestId('sign-in').click()
  }
  const code = await ask(page)
  await clean(page, 'phone code')
  await enter(page, code === '000000' ? '000001' : '000000')
  await expect(alert(page)).toContainText('验证码不对')
  await enter(page, code)
  await expect(page.locator('[data-screen="inbox"], [data-screen="today"]')).toBeVisible()

  const other = await fresh(browser)
  await other.goto(office.web + '/console/')
  await other.getByTestId('by-phone').click()
  await other.getByTestId('phone').fill(phone)
  await enter(other, code)
  await expect(alert(other)).toContainText('验证码不对或已过期')
  await other.getByTestId('send-code').click()
  await expect(alert(other)).toContainText('一分钟后')
  office.pass(2)
  const late = await ask(other)
  office.pass(6)
  await enter(other, late)
  await expect(alert(other)).toContainText('验证码不对或已过期')
  await other.context().close()
})

test('the provincial account signs in, and what does not hold is refused', async ({ page }) => {
  const over = async (person: RegExp) => {
    await page.goto(office.web + '/console/')
    await page.getByTestId('by-province').click()
    await page.getByRole('button', { name: person }).click()
  }
  await over(/SC-0009/)
  await expect(alert(page)).toContainText('还没有在本系统开通')
  await clean(page, 'not known here')
  for (const fault of ['nonce', 'expired', 'signature']) {
    await office.press(fault)
    await over(/SC-0001/)
    await expect(alert(page), fault).toContainText('没有完成')
  }
  await office.press('down')
  await page.goto(office.web + '/console/')
  await office.press('')
  await over(/SC-0001/)
  await expect(page.locator('[data-screen="inbox"], [data-screen="today"]')).toBeVisible()
  await expect(frame(page)).toContainText('李娜')

  // Whoever leaves the province has left here too.
  expect((await fetch(office.province + '/leave', { method: 'POST' })).status).toBe(204)
  expect((await page.request.get(office.web + '/api/staff/v1/auth/me')).status()).toBe(401)
})

test('five wrong passwords lock, the security administrator unlocks', async ({ page, browser }) => {
  await page.goto(office.web + '/console/')
  for (let i = 0; i < 5; i++) {
    await fill(page, 'li.na', 'wrong-password')
    await expect(alert(page)).toContainText('密码不对')
    await expect(page.getByTestId('password')).toHaveValue('')
  }
  await fill(page, 'li.na', own)
  await expect(alert(page)).toContainText('次数太多')
  await clean(page, 'locked')

  const other = await fresh(browser)
  await administrator(other, 'secadmin')
  await (await Hand.of(office, other)).post(`/people/accounts/${clerk}/unlock`, { reason: '本人来电核实' })
  await other.context().close()
  await fill(page, 'li.na', own)
  await expect(page.locator('[data-screen="inbox"], [data-screen="today"]')).toBeVisible()
})

test('a console that nobody touches closes, and so does what it could open', async ({ page }) => {
  await page.goto(office.web + '/console/')
  await fill(page, 'li.na', own)
  await expect(page.locator('[data-screen="inbox"], [data-screen="today"]')).toBeVisible()
  office.pass(16)
  await page.reload()
  await expect(page.locator('[data-screen="sign-in"]')).toBeVisible()
  await page.goto(office.web + '/sso/')
  await expect(page.getByTestId('login')).toBeVisible()
})
