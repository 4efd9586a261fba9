import AxeBuilder from '@axe-core/playwright'
import { expect, test as base, type Page } from '@playwright/test'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

export interface Terminal {
  code: string
  ui: string
  control: string
  pid: number
}

interface Stack {
  web: string
  bench: string
  secrets: string
  dir: string
  terminals: Terminal[]
  /** A window's computer: where its devices are, the citizen's screen, the hands at the devices. */
  counter?: { url: string; pad: string; control: string }
}

export const stack = JSON.parse(readFileSync(process.env.TONGBAN_STACK!, 'utf8')) as Stack
export const kiosk = stack.terminals.find((t) => t.code.startsWith('K'))!
export const desk = stack.terminals.find((t) => t.code.startsWith('D'))!
export const password = (login: string) => new RegExp(`^${login} (\\S+)`, 'm').exec(readFileSync(stack.secrets, 'utf8'))![1]!

/** The hands at the emulated devices. */
export class Devices {
  constructor(private control: string) {}
  private post = async (path: string, body: unknown) => {
    const res = await fetch(this.control + path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
    if (!res.ok) throw new Error(`${path}: ${res.status} ${await res.text()}`)
  }
  putCard = (person: string) => this.post('/card', { person })
  takeCard = () => this.post('/card', { person: 'none' })
  paper = (device: string, paper: string) => this.post('/paper', { device, paper })
  once = (device: string, fault: string) => this.post('/faults', { device, fault, times: 1 })
  press = (device: string, fault: string, at = '') => this.post('/faults', { device, fault, at })
  clear = () => this.post('/faults', { clear: true })
  slips = async () => (await (await fetch(this.control + '/slips')).json()) as { n: number; complete: boolean }[]
}

/** Every test fails when a page asks anybody but its own origin, or throws. */
export const test = base.extend<{ guarded: void }>({
  guarded: [
    async ({ context }, use) => {
      const foreign: string[] = []
      const thrown: string[] = []
      context.on('request', (r) => {
        const u = new URL(r.url())
        if (!['127.0.0.1', 'localhost'].includes(u.hostname) && !['data:', 'blob:'].includes(u.protocol)) foreign.push(r.url())
      })
      context.on('weberror', (e) => thrown.push(e.error().message))
      await use()
      expect(foreign, 'requests to other places').toEqual([])
      expect(thrown, 'errors thrown in pages').toEqual([])
    },
    { auto: true },
  ],
})
export { expect }

/** Axe finds nothing on the page as it is now; PICTURES names a folder that keeps its picture for those who review or write. */
export async function clean(page: Page, what: string) {
  if (process.env.PICTURES) await page.screenshot({ path: join(process.env.PICTURES, `look-${basename(base.info().file, '.spec.ts')}-${what.replaceAll(/\W+/g, '-')}.png`) })
  // The legacy way needs no second page of the browser for each look; it misses only frames of other origins, of which there are none.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode()
  const { violations } = await axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  expect(violations.map((v) => `${what}: ${v.id} ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([])
}

/** The authenticator of an account, as deploy/walk made it: the third word of its line. */
export const authenticator = (login: string) => new RegExp(`^${login} \\S+ (\\S+)`, 'm').exec(readFileSync(stack.secrets, 'utf8'))?.[1] ?? ''

/** A code of RFC 6238; each step of 30 s is good once, so that two in a row are of two steps. */
export function totp(secret: string, step: number) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g)!.map((b) => parseInt(b, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const sum = createHmac('sha1', key).update(counter).digest()
  return String((sum.readUInt32BE(sum[19]! & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const used: Record<string, number> = {}

/** The next code of a secret that the centre has not seen; waits where it must. `now` is the centre's clock in ms. */
export async function nextCode(secret: string, now = () => Date.now()) {
  const present = () => Math.floor(now() / 30_000)
  const step = Math.max(present(), (used[secret] ?? 0) + 1)
  while (step > present() + 1) await new Promise((r) => setTimeout(r, 500))
  used[secret] = step
  return totp(secret, step)
}

/** Fills the sign-in that is on the screen, second factor included. */
export async function fillSignIn(page: Page, login: string, secretWord = password(login)) {
  await page.getByTestId('login').fill(login)
  await page.getByTestId('password').fill(secretWord)
  await page.getByTestId('sign-in').click()
  if (!authenticator(login)) return
  await page.getByTestId('totp').fill(await nextCode(authenticator(login)))
  await page.getByTestId('prove').click()
}

export async function signIn(page: Page, login = 'clerk') {
  await page.goto(stack.web + '/console/')
  await fillSignIn(page, login)
  await expect(page.locator('[data-screen="today"], [data-screen="inbox"]')).toBeVisible()
  await page.goto(stack.web + '/console/#/window')
  await expect(page.locator('[data-screen="inbox"]')).toBeVisible()
}

/** Opens a case by its address once it has come from its terminal. */
export async function openCase(page: Page, no: string) {
  await expect.poll(async () => (await page.request.get(`${stack.web}/api/staff/v1/window/cases/${no}`)).status(), { timeout: 20_000 }).toBe(200)
  await page.goto(`${stack.web}/console/#/window/case/${no}`)
  await expect(page.getByTestId('case-no')).toHaveText(no)
}

/** Waits until the paper on the desk says all of this; its words are compared without spaces, as a PDF sets each by itself. */
export async function reads(page: Page, words: string[]) {
  const plain = (s: string) => s.replace(/\s+/g, '')
  await expect(page.locator('[data-testid="paper"][data-drawn="true"]')).toBeVisible()
  for (const w of words) await expect.poll(async () => plain((await page.getByTestId('paper-words').textContent()) ?? '')).toContain(plain(w))
}
