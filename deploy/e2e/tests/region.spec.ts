import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Clerk } from './clerk'
import { Office } from './office'
import { clean, expect, test } from './stack'

// Handling across regions (跨域通办): received here for Chongqing, sent, asked for more, posted, accepted over there, decided, given to the
// applicant, with both clocks on the page; and what Chongqing received for us, accepted here, seen in its list. An office of its own.
test.describe.configure({ mode: 'serial' })

const office = new Office(true)
const pictures = process.env.PICTURES
let clerk: Clerk
let no = ''
let n = 0

const hand = async (base: string, path: string, body: unknown) => {
  const res = await fetch(base + path, { method: 'POST', body: JSON.stringify(body) })
  if (!res.ok) throw new Error(`${path}: ${res.status} ${await res.text()}`)
  return res.status === 204 ? undefined : ((await res.json()) as { no: string })
}
/** The desk of the other region lets something happen. */
const says = (kind: string, more: object = {}) => hand(office.exchange, '/partner/act', { no, kind, ...more })
interface Crossing { no: string; state: string; text: string; taken: number; pages: number; parcel: string; due: string }
const there = async (of: string) => ((await (await fetch(office.exchange + '/partner/state')).json()) as { cases: Crossing[] }).cases.find((c) => c.no === of)

const picture = async (name: string) => {
  if (!pictures) return
  mkdirSync(pictures, { recursive: true })
  for (const [w, h] of [[1440, 900], [1366, 768]] as const) {
    await clerk.page.setViewportSize({ width: w, height: h })
    await clerk.page.screenshot({ path: join(pictures, `${String(n).padStart(2, '0')}-${name}-${w}.png`) })
  }
  n++
  await clerk.page.setViewportSize({ width: 1440, height: 900 })
}
const state = (s: string) => expect(clerk.page.locator('[data-screen="crossing"]')).toHaveAttribute('data-state', s, { timeout: 25_000 })
const answer = () => clerk.page.getByTestId('answer')

/** Days later: the sign-on is over by then. */
async function days(count: number) {
  office.pass(count * 24 * 60)
  office.morning()
  await office.signIn(clerk.page, 'clerk')
  await clerk.page.goto(`${office.web}/console/#/region/case/${no}`)
  await expect(clerk.page.locator('[data-screen="crossing"]')).toBeVisible()
}

/** Chooses an item and a region at the tab, for the one who stands at the window. */
async function begin(words: string, target: string) {
  const { page } = clerk
  await page.goto(office.web + '/console/#/region')
  await expect(page.locator('[data-screen="region"]')).toBeVisible()
  await clerk.press('n')
  await expect(page.getByTestId('target-find')).toBeFocused()
  await page.keyboard.type(words)
  await expect(page.getByTestId(target)).toHaveAttribute('aria-selected', 'true')
  await picture('choose')
  await clean(page, 'choose a region')
  await clerk.press('Enter')
  await expect(page.locator('[data-screen="register"]')).toBeVisible()
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

test('the tab opens the intake across regions', async () => {
  const { page } = clerk
  const tabs = page.getByRole('navigation', { name: '业务' })
  await tabs.getByRole('link', { name: '跨域通办' }).click()
  await expect(page.locator('[data-screen="region"]')).toBeVisible()
  await expect(answer()).toHaveText('没有在办的跨域件')
  await clean(page, 'no crossing')
  await picture('empty')
})

test('received for Chongqing, parked, resumed, sent', async () => {
  test.setTimeout(180_000)
  const { page } = clerk
  await page.goto(office.web + '/console/#/window/today')
  await clerk.arrival('M')
  await clerk.receive('dilnur')
  await begin('津贴 重庆', 'target-glbt-500112000000.collect')
  await expect(page.getByTestId('across')).toContainText('重庆市渝北区，异地代收代办')
  await clerk.situation()
  await clerk.press('F4')
  await page.getByTestId('reason').fill('等他回去拿户口簿')
  await page.keyboard.press('Control+Enter')
  await expect(page.locator('[data-screen="visit"]')).toBeVisible()
  await page.goto(office.web + '/console/#/window/parked')
  await expect(page.getByTestId('shelf')).toContainText('替重庆市渝北区')
  await clean(page, 'shelf')
  await picture('parked')
  await page.getByTestId('resume').click()
  await clerk.materials([], { hukou: 'hukou' })
  await clerk.form('pad')
  await expect(page.getByTestId('submit-refuse')).toHaveCount(0) // whether it is refused is not ours to say
  await clean(page, 'review across')
  await picture('review')
  await clerk.review()
  await clerk.press('Control+Enter')
  await expect(page.locator('[data-screen="crossing"]')).toBeVisible()
  no = (await page.getByTestId('crossing-no').textContent())!
  await state('sent')
  await expect(answer()).toContainText('本窗口：把原件寄')
  await expect(page.getByTestId('clock-theirs')).toContainText('原件到了才算收到')
  await expect(page.getByTestId('clock-ours')).toContainText('工作日')
  expect((await there(no))!.taken).toBe(1)
  expect((await there(no))!.pages).toBeGreaterThan(0)
  await clean(page, 'sent')
  await picture('sent')
})

test('asked for more, supplemented, posted, arrived, accepted: both clocks', async () => {
  test.setTimeout(180_000)
  const { page } = clerk
  await says('correction', { text: '户口簿缺一页', gaps: ['户口簿首页'] })
  await state('correcting')
  await expect(answer()).toContainText('申请人：补正 户口簿首页')
  await expect(page.getByTestId('clock-theirs')).toContainText('要求补正，没有受理')
  await clerk.press('Control+Enter')
  await page.getByTestId('gap-file').setInputFiles({ name: 'page.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n% sample page\n%%EOF\n') })
  await expect(page.getByRole('dialog')).toContainText('已收 1 页')
  await clean(page, 'supplement')
  await picture('supplement')
  await clerk.press('Control+Enter')
  await state('sent')
  expect((await there(no))!.state).toBe('supplemented')

  await clerk.press('Control+Enter')
  await expect(page.getByRole('dialog')).toContainText('居民户口簿')
  await clean(page, 'post')
  await picture('post')
  await clerk.press('Enter')
  await state('underway')
  await expect(page.getByTestId('parcel-out')).toContainText('EM')
  for (let i = 0; i < 5; i++) await fetch(office.post + '/step', { method: 'POST' })
  await state('arrived')
  await expect(page.getByTestId('clock-theirs')).toContainText('答复是否受理')
  expect((await there(no))!.parcel).toContain('EM')

  await days(1)
  await says('accepted', { days: 10 })
  await state('accepted')
  await expect(page.getByTestId('clock-theirs')).toContainText('法定时钟')
  // How many are left depends on the weekday of the run; the count itself is the clock's own tests'.
  await expect(page.getByTestId('clock-theirs')).toContainText(/余 \d+ 工作日/)
  await expect(page.getByTestId('clock-theirs')).toContainText('从办理地受理起 10 个工作日')
  await expect(page.getByTestId('steps').locator('[data-side="home"]').first()).toContainText('办理地受理')
  await expect(page.getByTestId('steps').locator('[data-side="post"]')).toHaveCount(5)
  await clean(page, 'accepted')
  await picture('accepted')
})

test('the result comes by post and is handed over', async () => {
  const { page } = clerk
  await days(2)
  await says('decided', { granted: true, text: '准予发放高龄津贴' })
  await state('decided')
  await says('posted', { parcel: 'EM500000001CN' })
  await state('returning')
  await says('parcel', { code: 'delivered', text: '窗口签收' })
  await state('returned')
  await expect(answer()).toContainText('本窗口：把结果交申请人')
  await expect(page.getByTestId('clock-ours')).toContainText('转交结果')
  await picture('returned')
  await clerk.press('Control+Enter')
  await clean(page, 'hand over')
  await page.getByTestId('do-hand').click()
  await state('handed')
  await expect(answer()).toHaveText('没有谁欠什么')
  await picture('handed')
  await page.goto(office.web + '/console/#/region/ended')
  await expect(page.getByRole('row', { name: no })).toBeVisible()
  await clean(page, 'ended')

  await page.goto(office.web + '/console/#/joined/track?no=' + no) // one search for all numbers
  await expect(page.getByTestId('found-case')).toContainText('办理地作出决定')
  await clean(page, 'tracked')
})

test('what Chongqing received for us becomes a case here, and its acceptance stands in their list', async () => {
  test.setTimeout(120_000)
  const { page } = clerk
  const theirs = (await hand(office.exchange, '/partner/apply', { paper: true }))!.no
  await page.goto(office.web + '/console/#/region')
  await expect(page.getByRole('row', { name: theirs })).toContainText('等纸件', { timeout: 25_000 })
  await clean(page, 'arrivals')
  await picture('arrival')
  await page.getByTestId('came-' + theirs).click()
  const link = page.getByRole('row', { name: theirs }).getByRole('link')
  await expect(link).toBeVisible()
  const mine = (await link.textContent())!
  await link.click()
  await expect(page.locator('[data-screen="case"]')).toBeVisible()
  await expect(page.getByTestId('case-no')).toHaveText(mine)
  await clerk.press('Control+Enter')
  await expect(page.locator('[data-screen="case"]')).toHaveAttribute('data-act', 'accept')
  await expect(page.locator('[data-testid="paper"][data-drawn="true"]')).toBeVisible()
  await clerk.press('Control+Enter')
  await expect(page.getByTestId('done')).toBeVisible()
  await expect.poll(async () => (await there(theirs))?.text, { timeout: 25_000 }).toBe('已受理')
  expect((await there(theirs))!.due).toMatch(/^\d{4}-\d\d-\d\d$/)
  const list = await page.context().newPage()
  await list.goto(office.exchange + '/region.html')
  await expect(list.getByRole('row', { name: theirs })).toContainText('已受理')
  if (pictures) await list.screenshot({ path: join(pictures, 'their-list.png') })
  await list.close()
})
