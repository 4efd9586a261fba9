import { Applicant } from './applicant'
import { Office } from './office'
import { clean, expect, test } from './stack'

// Scenario 5 (断网): the network is gone at a window. The clerk is told, two people are served at the desktop terminal of the window, and
// when the network is back each case is there once.
const office = new Office(true)
test.beforeAll(async () => {
  test.setTimeout(240_000)
  await office.open()
})
test.afterAll(() => office.close())

test('without network two cases are taken at the window; with it they are there, each once', async ({ browser }) => {
  test.setTimeout(240_000)
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await office.signIn(page, 'clerk')
  await page.goto(office.web + '/console/#/window')
  await expect(page.locator('[data-screen="inbox"]')).toBeVisible()
  const desk = office.terminals.find((t) => t.code === 'D-01')!
  const applicant = new Applicant(desk)
  await applicant.handIn({ person: 'wu', item: 'cxbx' }) // the terminal knows its items
  await expect(page.getByText('吴*㐂').first()).toBeVisible({ timeout: 30_000 })

  office.network(false)
  await expect(page.getByTestId('link-down')).toContainText('到桌面终端上收', { timeout: 40_000 })
  await clean(page, 'without network')
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/nonet.png` })
  const nos = []
  for (const [person, item] of [['dilnur', 'glbt'], ['zhou', 'cbzm']] as const) nos.push((await applicant.handIn({ person, item }, false)).case_no)
  expect(new Set(nos).size).toBe(2)

  office.network(true)
  for (const no of nos) await expect(page.getByTestId('row-' + no)).toBeVisible({ timeout: 60_000 }) // by themselves
  await expect(page.getByTestId('link-down')).toHaveCount(0)
  const inbox = async () => (await (await page.request.get(office.web + '/api/staff/v1/window/inbox?tab=all')).json()) as { total: number; rows: { no: string }[] }
  const { total, rows } = await inbox()
  expect(total).toBe(3)
  for (const no of nos) expect(rows.filter((r) => r.no === no)).toHaveLength(1)
  await page.context().close()
})
