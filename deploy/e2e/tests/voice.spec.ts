import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Page, Request } from '@playwright/test'
import { handIn, stepUp } from './citizen'
import { clean, desk, Devices, expect, stack, test } from './stack'

// The desktop terminal speaks (语音模块): a sentence on each screen, the very words that stand there, through the speaker of the terminal.
const machine = join(stack.dir, desk.code.toLowerCase(), 'devices', 'machine')
const played = join(machine, 'sim', 'played.wav')

/** What the page asked to be said, newest last. */
function listen(page: Page): string[] {
  const said: string[] = []
  page.on('request', (r: Request) => {
    if (r.url().endsWith('/api/visit/say')) said.push((JSON.parse(r.postData() ?? '{}') as { text: string }).text)
  })
  return said
}
const plain = (s: string) => s.replaceAll(/[\s，。、；：？！“”]/g, '')
const state = async (page: Page) => (await (await page.request.get(new URL(desk.ui).origin + '/api/state')).json()) as { voice?: { ready: boolean; note?: string } }

/** Peak of the last sound that came out of the emulated sound card, of 32767. */
function peak(): number {
  const b = readFileSync(played)
  expect(b.toString('latin1', 0, 4)).toBe('RIFF')
  let top = 0
  for (let i = 44; i + 1 < b.length; i += 2) top = Math.max(top, Math.abs(b.readInt16LE(i)))
  return top
}

test.use({ viewport: { width: 1920, height: 1080 } })

test('each step of a visit is said with the words of its screen, and nothing of the person', async ({ page }) => {
  const devices = new Devices(desk.control)
  await stepUp(page, devices, desk.ui)
  await expect.poll(async () => (await state(page)).voice?.ready, { message: 'the speech engine is there: deploy/setup.sh installs it' }).toBe(true)
  const said = listen(page)
  rmSync(played, { force: true })
  const silent: string[] = []
  const seen = await handIn(page, devices, { item: 'glbt', person: 'dilnur' }, async (screen) => {
    if (screen === 'attract') return
    const title = plain((await page.locator('[data-screen] h1').first().textContent()) ?? '')
    const heard = () => plain(said.at(-1) ?? '')
    await expect.poll(heard, { message: `said on ${screen}`, timeout: 5000 }).toContain(title.slice(0, 6))
    if (!existsSync(played)) silent.push(screen)
  })
  expect(seen).toContain('submitted')
  await expect.poll(() => existsSync(played), { timeout: 15_000 }).toBe(true)
  expect(silent.length, 'screens before the first sound').toBeLessThan(4)
  expect(peak()).toBeGreaterThan(500)
  for (const text of said) expect(text).not.toMatch(/迪丽努尔|510799\d|1390816/)
})

test('louder, softer and mute hold for one visit, and a speaker that is pulled out stops nobody', async ({ page }) => {
  const devices = new Devices(desk.control)
  await stepUp(page, devices, desk.ui)
  await expect.poll(async () => (await state(page)).voice?.ready, { message: 'the speech engine is there: deploy/setup.sh installs it' }).toBe(true)
  const said = listen(page)
  await page.getByTestId('strong').first().click()
  await page.getByTestId('rail-access').click()
  await clean(page, 'sound')
  const loudness = async (press: string) => {
    rmSync(played, { force: true })
    await page.getByTestId(press).click()
    await expect.poll(() => existsSync(played), { timeout: 10_000 }).toBe(true)
    return peak()
  }
  const louder = await loudness('sound-more')
  await page.waitForTimeout(450)
  const softer = await loudness('sound-less')
  expect(louder).toBeGreaterThan(softer * 1.3)

  await page.getByTestId('sound-mute').click()
  await expect(page.getByTestId('sound-word')).toHaveText('已静音')
  await clean(page, 'muted')
  await page.getByTestId('access-done').click()
  const before = said.length
  await page.getByTestId('item-glbt').first().click()
  await expect(page.locator('[data-screen="item"]')).toBeVisible()
  await page.waitForTimeout(1200)
  expect(said.slice(before), 'said while muted').toEqual([])
  await page.getByTestId('rail-exit').click()
  await expect(page.locator('[data-screen="attract"]')).toBeVisible()
  await page.getByTestId('strong').first().click()
  await expect.poll(() => said.length).toBeGreaterThan(before)

  await page.getByTestId('rail-elderly').click()
  await page.getByTestId('rail-access').click()
  await clean(page, 'sound elderly')
  await devices.paper('machine', 'sound-out')
  await expect(page.getByTestId('sound-word')).toContainText('听不到声音', { timeout: 20_000 })
  await clean(page, 'no speaker')
  await page.getByTestId('access-done').click()
  await page.getByTestId('item-glbt').first().click()
  await expect(page.locator('[data-screen="item"]')).toBeVisible()
  await devices.paper('machine', 'sound-in')
  await expect.poll(async () => (await state(page)).voice?.ready, { timeout: 20_000 }).toBe(true)
  await page.getByTestId('rail-exit').click()
})
