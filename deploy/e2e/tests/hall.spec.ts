import type { Browser, Page } from '@playwright/test'
import { clean, expect, fillSignIn, stack, test } from './stack'

// The hall (大厅): it is set up, checked and seen as it stands; a number taken at the machine is counted, called and shown on the wall.
test.use({ viewport: { width: 1440, height: 900 } })
test.setTimeout(180_000)

const queue = (stack as unknown as { queue: string }).queue
interface Config { hall: { id: string }; zones: { id: string; code: string }[]; windows: { id: string; no: string; display: string }[] }
interface Desk { seat: { window: string } | null; current: { id: string; no: string } | null }

async function signedIn(browser: Browser, login: string) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  await page.goto(stack.web + '/console/')
  await fillSignIn(page, login)
  await expect(page.locator('#work [data-screen]').first()).toBeVisible() // the first page of theirs, which opens by itself
  return page
}
const read = async <T>(page: Page, path: string) => (await (await page.request.get(`${stack.web}/api/staff/v1${path}`)).json()) as T
async function post<T>(page: Page, path: string, data: object = {}) {
  const { csrf } = await read<{ csrf: string }>(page, '/auth/me')
  const res = await page.request.post(`${stack.web}/api/staff/v1${path}`, { data, headers: { 'X-CSRF': csrf, 'Idempotency-Key': crypto.randomUUID().replaceAll('-', '') } })
  expect(res.ok(), `${path}: ${await res.text()}`).toBe(true)
  return (await res.json()) as T
}
async function visit(page: Page, path: string, screen: string) {
  await page.goto(`${stack.web}/console/#${path}`)
  await expect(page.locator(`[data-screen="${screen}"]`)).toBeVisible()
}

test('a zone and a window are set up, the check names what is missing, and the map shows them', async ({ browser }) => {
  const page = await signedIn(browser, 'hall')
  await visit(page, '/hall/config', 'hall-config')
  const { zones } = await read<Config>(page, '/hall/config')
  const code = [...'DEFHIJKL'].find((c) => !zones.some((z) => z.code === c))!
  const no = code + '21'
  const said = page.getByTestId('kept')

  await test.step('a zone and a window in it; a wrong number is said at once', async () => {
    await page.getByTestId('zone-code').fill(code)
    await page.getByTestId('zone-name').fill('不动产和公积金')
    await page.getByTestId('add-zone').click()
    await expect(said).toContainText(`${code} 区，已存好`)
    await page.getByTestId('zone-code').fill(code)
    await page.getByTestId('zone-name').fill('同一个字母')
    await page.getByTestId('add-zone').click()
    await expect(page.getByRole('alert')).toContainText('已经有了')
    await page.getByTestId('window-no').fill('21')
    await page.getByTestId('window-label').fill('不动产登记 ' + no)
    await page.getByTestId('window-zone').selectOption({ label: `${code} 区 不动产和公积金` })
    await page.getByTestId('add-window').click()
    await expect(page.getByRole('alert')).toContainText('一个大写字母')
    await page.getByTestId('window-no').fill(no)
    await page.getByTestId('add-window').click()
    await expect(said).toContainText(`${no} 窗口，已存好`)
    await page.getByLabel(`${no} 的名称`).fill('不动产、公积金 ' + no)
    await page.getByLabel(`${no} 的名称`).press('Tab')
    await expect(said).toContainText(`${no} 窗口，已存好`)
    await clean(page, 'windows')
  })

  await test.step('it takes items that nobody can do there: the check names it and leads to where it is mended', async () => {
    await page.locator('h1').first().click() // the number keys are for those who do not type
    await page.keyboard.press('2')
    await page.getByRole('checkbox', { name: new RegExp(`^${no}：`) }).first().check()
    await expect(said).toContainText(`${no} 的事项，已存好`)
    await clean(page, 'items of windows')
    await visit(page, '/hall/check', 'hall-check')
    await expect(page.getByText(`${no} 开着，没有人能坐`)).toBeVisible()
    await clean(page, 'check')
    await page.locator('tr', { hasText: `${no} 开着，没有人能坐` }).getByRole('button', { name: '分配人员' }).click()
    await expect(page.locator('[data-screen="hall-config"]')).toBeVisible()
    await page.getByRole('checkbox', { name: `${no}：陈曦` }).check()
    await expect(said).toContainText(`${no} 的人员，已存好`)
    await clean(page, 'staff')
  })
  for (const key of ['4', '5']) {
    await page.locator('h1').first().click()
    await page.keyboard.press(key)
    await clean(page, 'configuration ' + key)
  }

  await test.step('the map has it, as a picture and as a list', async () => {
    await visit(page, '/hall', 'hall-map')
    await expect(page.locator(`[data-window="${no}"]`)).toContainText('未开')
    await clean(page, 'map')
    await page.keyboard.press('v')
    await expect(page.getByRole('row', { name: new RegExp(no) })).toBeVisible()
    await clean(page, 'list')
  })

  await test.step('closed again, it is no longer checked', async () => {
    await visit(page, '/hall/config', 'hall-config')
    await page.getByRole('button', { name: `停用 ${no}` }).click()
    await expect(page.getByRole('button', { name: `启用 ${no}` })).toBeVisible()
    await visit(page, '/hall/check', 'hall-check')
    await expect(page.getByTestId('answer')).toContainText(/月\d+日/)
    await expect(page.getByText(`${no} 开着`)).toHaveCount(0)
  })
  await page.context().close()
})

test('a number of the machine is counted on the map, and when it is called it stands on the wall', async ({ browser }) => {
  const page = await signedIn(browser, 'supervisor')
  await visit(page, '/hall', 'hall-map')
  const waits = page.getByTestId('waits-A')
  const count = async () => Number(/等候 (\d+) 人/.exec((await waits.textContent())!)![1])
  await expect(waits).toContainText('等候')
  const before = await count()
  let slip = { no: '' }
  await expect(async () => {
    const res = await fetch(queue + '/numbers', { method: 'POST', body: JSON.stringify({ category: 'S' }) })
    expect(res.ok, 'the machine has heard of its categories').toBe(true)
    slip = (await res.json()) as { no: string }
  }).toPass()
  await expect.poll(count).toBe(before + 1)

  const { windows } = await read<Config>(page, '/hall/config')
  const clerk = await signedIn(browser, 'clerk2')
  let desk = await read<Desk>(clerk, '/hall/desk')
  if (!desk.seat) desk = await post<Desk>(clerk, '/hall/desk/sign-on', { window: 'fc-a01' })
  const no = windows.find((w) => w.id === desk.seat!.window)!
  const [board] = await Promise.all([page.context().waitForEvent('page'), page.getByTestId('board').click()])
  await board.setViewportSize({ width: 1920, height: 1080 })
  const wall = await page.context().newPage()
  await wall.goto(stack.web + no.display)
  await expect(wall.getByTestId('number')).toBeVisible()
  for (let i = 0; desk.current?.no !== slip.no && i < 20; i++) {
    if (desk.current) await post(clerk, `/hall/tickets/${desk.current.id}/left`)
    desk = await post<Desk>(clerk, '/hall/desk/call')
  }
  await expect(wall.getByTestId('number')).toHaveText(slip.no)
  await expect(wall.getByText('请到本窗口')).toBeVisible()
  await expect(board.getByTestId('calls')).toContainText(`${slip.no}请到${no.no}`)
  await clean(board, 'board')
  await clean(wall, 'window display')
  await expect(page.locator(`[data-window="${no.no}"]`)).toHaveAttribute('data-state', 'called')
  await expect.poll(count).toBeLessThan(before + 1)
  await clean(page, 'map with a call')

  await post(clerk, `/hall/tickets/${desk.current!.id}/left`)
  await post(clerk, '/hall/desk/sign-off')
  await expect(wall.getByTestId('number')).toHaveText(no.no)
  await clerk.context().close()
  await page.context().close()
})
