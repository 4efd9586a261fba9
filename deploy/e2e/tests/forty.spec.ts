import { Clerk } from './clerk'
import { Office } from './office'
import { expect, test } from './stack'

// A morning at one window (一上午四十个号): numbers in a row, by keyboard alone. `make test` plays six of them; FORTY=40 the whole
// morning (`make forty`). After each the next key has to work where the clerk is: no dead end, no lost focus.
const tickets = Number(process.env.FORTY ?? 6)
const office = new Office(true)
test.beforeAll(async () => {
  test.setTimeout(240_000)
  await office.open()
  office.morning()
})
test.afterAll(() => office.close())

/** What kind of visit each number is; the mix repeats. */
const kinds = ['accept', 'skip', 'later', 'park', 'two', 'resume', 'priority', 'accept'] as const
test('numbers in a row, the focus never lost', async ({ browser }) => {
  test.setTimeout(120_000 + tickets * 30_000)
  const clerk = new Clerk(office)
  await clerk.arrive(browser)
  await clerk.today()
  const { page } = clerk
  const times: number[] = []
  const counted: number[] = []
  const numbers = new Set<string>()

  /** The keyboard is somewhere: a key that moves (Tab) starts from what was done last and not from the top of the page. */
  const held = async (when: string) => {
    await expect
      .poll(() => page.evaluate(() => (document.activeElement && document.activeElement !== document.body ? document.activeElement.tagName : '')), { message: `focus ${when}` })
      .not.toBe('')
    await expect(page.getByRole('dialog'), `a dialog left open ${when}`).toHaveCount(0)
  }
  const matter = async (code: string, later: string[] = [], sheets: Record<string, string> = { hukou: 'hukou' }) => {
    await clerk.begin(code)
    await held(`in the situation of ${code}`)
    await clerk.situation(code === 'spjy' ? ['1', '1', '1', '1', '1'] : [])
    await clerk.materials(later, sheets)
    await held(`in the form of ${code}`)
    await clerk.form('pad')
    await clerk.review()
    const no = await clerk.accept(later.length ? 'tolerate' : 'accept')
    expect(numbers.has(no), `${no} twice`).toBe(false)
    numbers.add(no)
    await clerk.press('Escape')
    await expect(page.locator('[data-screen="visit"]')).toContainText(no)
    await held('back in the visit')
  }
  const leave = async () => {
    await clerk.press('F10')
    await expect(page.locator('[data-screen="today"]')).toBeVisible()
    await held('after the visit')
  }

  for (let i = 0; i < tickets; i++) {
    const kind = kinds[i % kinds.length]!
    await test.step(`${i + 1}: ${kind}`, async () => {
      await clerk.arrival('M', kind === 'priority' ? 'elderly' : '')
      const since = Date.now()
      if (kind === 'skip') {
        await clerk.press('F2')
        await expect(page.locator('[data-screen="visit"]')).toBeVisible()
        await clerk.press('F3')
        await expect(page.locator('[data-screen="today"]')).toBeVisible()
        await held('after a number that nobody answered')
        return
      }
      clerk.actions = 0
      await clerk.receive(kind === 'later' ? 'zhou' : 'dilnur')
      if (kind === 'park') {
        await clerk.begin('glbt')
        await clerk.press('F4')
        await page.getByTestId('reason').fill('等他回去拿户口簿')
        await clerk.press('Control+Enter')
        await expect(page.locator('[data-screen="visit"]')).toBeVisible()
        await held('after parking')
      } else if (kind === 'resume') {
        await page.goto(office.web + '/console/#/window/parked')
        await page.getByTestId('resume').first().click()
        await expect(page.locator('[data-screen="register"]')).toBeVisible()
        await held('in a resumed registration')
        await clerk.press('Escape')
      } else if (kind === 'later') await matter('spjy', ['health'], { layout: 'lease', rules: 'application' })
      else {
        await matter('glbt')
        counted.push(clerk.actions - 1) // the way back to the visit comes after the slip
        if (kind === 'two') await matter('glbt')
      }
      await leave()
      times.push(Date.now() - since)
    })
  }
  expect(Math.max(...counted), 'actions from the call to the slip, the call among them').toBeLessThanOrEqual(12)
  times.sort((a, b) => a - b)
  const heap = await page.evaluate(() => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize)
  console.log(`forty: ${tickets} numbers, ${numbers.size} cases, at most ${Math.max(...counted)} actions, a visit ${times[0]}–${times.at(-1)} ms, page ${(heap / 1e6).toFixed(0)} MB`)
  await clerk.leave()
})
