import { expect, type Page } from '@playwright/test'
import { Devices } from './stack'

/** What a citizen came for (办事人). */
export interface Errand {
  item: string
  find?: string // letters that find it, where it is not on the home screen
  person: string
  second?: string
  sheet?: string
}

/** Called on each screen when it is first seen. */
export type Look = (screen: string, page: Page) => Promise<void>

const cards = /card|account/
/** What is typed into fields that want digits or a code, by their names; words are spelled. */
const codes: [RegExp, string][] = [
  [/phone$|dh$/, '13908162150'],
  [/^id_number$|_id$|zjhm$/, '510799198512310026'],
  [/xydm$/, '92510799MA99DEM19P'],
  [/yxq$|date$/, '20270901'],
  [/_bh$/, '20260001'],
]

/** Opens the screen with nobody at it: a visit or a technician's session that an earlier test left open is ended. */
export async function stepUp(page: Page, devices: Devices, ui: string) {
  await devices.clear()
  await devices.takeCard()
  await devices.paper('camera', 'none')
  await page.goto(ui)
  await page.evaluate(async () => {
    const s = (await (await fetch('/api/state')).json()) as { visit?: { id: string }; service?: object }
    const end = (what: string, visit: string, body: object) =>
      fetch('/api/' + what, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'end-' + (visit || crypto.randomUUID()), 'X-Visit': visit },
        body: JSON.stringify(body),
      })
    if (s.service) await end('service/close', '', {})
    if (s.visit) await end('visit/end', s.visit.id, { reason: 'left' })
  })
  await expect(page.locator('[data-screen="attract"]')).toBeVisible()
}

/** Walks the visit by touch until the submitted screen, doing on each screen what it asks for. */
export async function handIn(page: Page, devices: Devices, errand: Errand, look: Look = async () => {}) {
  const seen = new Set<string>()
  for (let i = 0; i < 120; i++) {
    const screen = await settle(page)
    if (!seen.has(screen)) {
      seen.add(screen)
      await look(screen, page)
    }
    if (screen === 'submitted' || screen === 'printer') return [...seen]
    await act(page, screen, devices, errand)
  }
  throw new Error(`did not arrive; seen ${[...seen].join(', ')}`)
}

/** Waits until no call of the page is under way and returns the screen. */
async function settle(page: Page) {
  await page.waitForTimeout(220) // the fade of 160 ms
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0, { timeout: 20_000 })
  return (await page.locator('[data-screen]').first().getAttribute('data-screen')) ?? ''
}

const strong = (page: Page) => page.getByTestId('strong').first()

async function act(page: Page, screen: string, devices: Devices, e: Errand) {
  switch (screen) {
    case 'attract':
      return strong(page).click()
    case 'home':
      return findItem(page, e)
    case 'search':
      if (!(await page.getByTestId('item-' + e.item).count())) for (const letter of e.find ?? '') await page.getByTestId('key-' + letter).click()
      return page.getByTestId('item-' + e.item).click()
    case 'list':
      return page.getByTestId('item-' + e.item).click()
    case 'card':
      await devices.putCard(e.person)
      return expect(page.locator('[data-screen="person"]')).toBeVisible({ timeout: 15_000 })
    case 'person':
      await devices.takeCard()
      return strong(page).click()
    case 'question':
      await page.locator('[data-testid^="option-"]').first().click()
      return strong(page).click()
    case 'form':
      return fill(page)
    case 'scan':
      return scan(page, devices, e.sheet ?? 'hukou')
    case 'sign':
      return sign(page, devices, e)
    default:
      return strong(page).click()
  }
}

async function findItem(page: Page, e: Errand) {
  const tile = page.getByTestId('item-' + e.item)
  if (await tile.count()) return tile.first().click()
  if (e.find) return page.getByTestId('search').click()
  await page.getByTestId('topic-all').click()
}

/** Answers what the form shows: an option, digits on the pad, or words by pinyin and the first candidate. */
async function fill(page: Page) {
  const options = page.locator('[data-testid^="option-"]')
  if (await options.count()) {
    await options.first().click()
    return strong(page).click()
  }
  const fields = await page.locator('[data-testid^="field-"]').all()
  for (const f of fields) {
    const name = ((await f.getAttribute('data-testid')) ?? '').split(/-|\//).pop()!
    const code = codes.find(([names]) => names.test(name))?.[1]
    await f.click()
    if (await page.getByTestId('digit-pad').count()) {
      const digits = code ?? (cards.test(name) ? '6222020200112233446' : '2')
      for (const d of digits) await page.getByTestId('key-' + d).click()
    } else if (code) {
      for (const c of code) await strike(page, c)
    } else {
      for (const word of ['yinxing', 'jie', 'hao']) {
        for (const letter of word) await page.getByTestId('key-' + letter).click()
        await page.locator('[data-testid="candidates"] [data-testid^="candidate-"]').first().click()
      }
    }
  }
  await strong(page).click()
}

/** Presses one character, on the board of digits or of capitals where it is. */
async function strike(page: Page, c: string) {
  const key = page.getByTestId('key-' + c)
  for (let i = 0; i < 4 && !(await key.count()); i++) {
    const way = /\d/.test(c) ? 'key-numbers' : (await page.getByTestId('key-letters').count()) ? 'key-letters' : (await page.getByTestId('key-shift').count()) ? 'key-shift' : 'key-zhen'
    await page.getByTestId(way).click()
  }
  await key.click()
}

async function scan(page: Page, devices: Devices, sheet: string) {
  if (await page.getByTestId('keep').count()) return page.getByTestId('keep').click()
  if (await page.getByTestId('shoot').count()) {
    await devices.paper('camera', sheet)
    await page.waitForTimeout(800) // the live picture shows it
    await page.getByTestId('shoot').click()
    return expect(page.getByTestId('keep')).toBeVisible({ timeout: 15_000 })
  }
  return strong(page).click()
}

async function sign(page: Page, devices: Devices, e: Errand) {
  if (await page.getByTestId('read-signer').count()) {
    await page.getByTestId('read-signer').click()
    await devices.putCard(e.second!)
    await expect(page.getByTestId('signed')).toBeVisible({ timeout: 15_000 })
    await devices.takeCard()
  }
  const box = (await page.getByTestId('signature').boundingBox())!
  for (let k = 0; k < 3; k++) {
    const x = box.x + box.width * (0.2 + k * 0.22)
    await page.mouse.move(x, box.y + box.height * 0.3)
    await page.mouse.down()
    for (let i = 1; i <= 12; i++) await page.mouse.move(x + i * 8, box.y + box.height * (0.3 + 0.35 * Math.abs(Math.sin(i / 2 + k))))
    await page.mouse.up()
  }
  await strong(page).click()
}
