import { Applicant } from './applicant'
import { clean, expect, fillSignIn, kiosk, openCase, password, signIn, stack, test } from './stack'

test.use({ viewport: { width: 1440, height: 900 } })

const applicant = new Applicant(kiosk)
const inboxCalls = '**/api/staff/v1/window/inbox?tab=*'

test('a wrong password says so and keeps the account', async ({ page }) => {
  await page.goto(stack.web + '/console/')
  await expect(page.getByText('正常')).toBeVisible()
  await clean(page, 'sign-in')
  await page.getByTestId('login').fill('supervisor')
  await page.getByTestId('password').fill('wrong-password')
  await page.getByTestId('sign-in').click()
  await expect(page.getByRole('alert')).toContainText(/密码|账号/)
  await expect(page.getByTestId('login')).toHaveValue('supervisor')
  await page.getByTestId('password').fill(password('supervisor'))
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-screen="inbox"], [data-screen="today"]')).toBeVisible()
})

test('an account without the permission sees no cases', async ({ page }) => {
  await page.goto(stack.web + '/console/')
  await fillSignIn(page, 'fleet')
  await expect(page.getByText('没有窗口的权限')).toBeVisible()
  await expect(page.locator('nav a')).toHaveCount(0)
  await clean(page, 'no permission')
})

test('the inbox is usable by keyboard alone and says when nothing is found', async ({ page }) => {
  await signIn(page)
  await clean(page, 'inbox')
  await page.keyboard.press('/')
  await expect(page.getByTestId('search')).toBeFocused()
  await expect(page.getByTestId('keybar')).not.toContainText('上下移动') // letters are text now
  await page.keyboard.type('没有这个人')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: '没有查到“没有这个人”' })).toBeVisible()
  await clean(page, 'nothing found')

  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  await clean(page, 'key map')
  await page.keyboard.press('/') // nothing behind the map can be pressed
  await expect(page.getByTestId('search')).not.toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(page.locator('[data-tab="todo"]')).toBeVisible()
})

test('coming back from a case, the list is where it was left', async ({ page }) => {
  const handed: string[] = []
  for (const person of ['zhou', 'ma', 'wu']) handed.push((await applicant.handIn({ person, item: 'cbzm' })).case_no)
  await signIn(page)
  for (const no of handed) await expect(page.getByTestId('row-' + no)).toBeVisible() // they travel by themselves
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  const at = page.locator('tr.current')
  const no = await at.getAttribute('data-testid')
  await expect(at.getByRole('link')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-screen="case"]')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(at).toHaveAttribute('data-testid', no!)
  await page.keyboard.press('k')
  await expect(at).not.toHaveAttribute('data-testid', no!)
})

test('a slow list shows where it will be; a failed one can be asked again', async ({ page }) => {
  await signIn(page)
  let answer: 'slow' | 'broken' | 'well' = 'slow'
  await page.route(inboxCalls, async (route) => {
    if (answer === 'broken') return route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ code: 'unavailable', detail: '服务忙，请稍后再试', request: '01a2160f-0000-7000-8000-74d6e015020d' }) })
    if (answer === 'slow') await new Promise((r) => setTimeout(r, 2500))
    await route.continue()
  })
  await page.getByRole('link', { name: '办结' }).click()
  await expect(page.getByText('正在取办件')).toBeVisible()
  await clean(page, 'a slow list')
  await expect(page.getByText('正在取办件')).toHaveCount(0)

  answer = 'broken'
  await page.getByRole('link', { name: '办件', exact: false }).first().click()
  await expect(page.getByRole('alert')).toContainText('服务忙')
  await expect(page.getByRole('alert')).toContainText('e015020d') // what to tell the operator
  await clean(page, 'a failed list')
  answer = 'well'
  await page.keyboard.press('r')
  await expect(page.getByRole('alert')).toHaveCount(0)
})

test('the console says when the centre is out of reach, and catches up', async ({ page }) => {
  await page.route('**/v1/events', (route) => route.abort())
  await signIn(page)
  await expect(page.getByText('起和中心断了。')).toBeVisible()
  await clean(page, 'link down')
  const { case_no: no } = await applicant.handIn({ person: 'zhou', item: 'cbzm' })
  await page.unroute('**/v1/events')
  await expect(page.getByText('起和中心断了。')).toHaveCount(0)
  await expect(page.getByTestId('row-' + no)).toBeVisible()
})

test('a session that runs out covers the work and gives it back', async ({ page, context }) => {
  const { case_no: no } = await applicant.handIn({ person: 'xie', item: 'cxbx' })
  await signIn(page)
  await openCase(page, no)
  await page.keyboard.press('r')
  await page.keyboard.press('Space') // the first case of the law
  await page.getByTestId('reason').fill('户口不在绵阳，请到户籍地办理参保登记')
  await context.clearCookies()
  await page.keyboard.press('Control+Enter')
  await expect(page.locator('[data-screen="sign-in"]')).toContainText('已为您退出')
  await expect(page.getByTestId('case-no')).toBeHidden() // nothing of the case shows through
  await clean(page, 'signed out while writing')
  await page.getByTestId('login').fill('clerk')
  await page.getByTestId('password').fill(password('clerk'))
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('reason')).toHaveValue('户口不在绵阳，请到户籍地办理参保登记')
})

test('on a screen of 1366 the points fold to numbers and the keys that decide stay in sight', async ({ page }) => {
  const { case_no: no } = await applicant.handIn({ person: 'zhang', item: 'cxbx' })
  await page.setViewportSize({ width: 1366, height: 768 })
  await signIn(page)
  await openCase(page, no)
  await expect(page.getByRole('navigation', { name: '审查要点' })).toBeVisible()
  await expect(page.getByTestId('choose-accept')).toBeInViewport({ ratio: 1 })
  await expect(page.locator('[data-testid^="point-"]')).toHaveCount(1)
  await page.keyboard.press('j')
  await expect(page.getByRole('navigation', { name: '审查要点' }).locator('[aria-current]')).toContainText('2')
  await clean(page, 'folded')
  await page.keyboard.press('p')
  await expect(page.getByTestId('points')).toBeVisible()
  await page.keyboard.press('p')
  await page.keyboard.press('n')
  await expect(page.getByTestId('decide')).toBeInViewport({ ratio: 1 })
})

test('letters that an input method composes are no keys, and a held chord counts once', async ({ page }) => {
  const { case_no: no } = await applicant.handIn({ person: 'wu', item: 'lsjz' })
  await signIn(page)
  await openCase(page, no)
  const acts = page.locator('[data-screen="case"]')
  await page.evaluate(() => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'n', bubbles: true, isComposing: true })))
  await expect(acts).not.toHaveAttribute('data-act', /./)
  await page.keyboard.down('Control')
  await page.keyboard.down('Enter')
  await page.keyboard.down('Enter') // a second down without an up is a repeat
  await page.keyboard.up('Enter')
  await page.keyboard.up('Control')
  await expect(acts).toHaveAttribute('data-act', 'accept')
  await expect(acts).toHaveAttribute('data-state', 'received')
})
