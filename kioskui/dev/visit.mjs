// Walks a whole visit against the stand-in agent by the same names that the end-to-end test uses (走一遍): node dev/visit.mjs
import { chromium } from '@playwright/test'

const base = process.env.KIOSK_DEV ?? 'http://127.0.0.1:5173'
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic'] })
const page = await browser.newPage({ viewport: { width: 1080, height: 1920 } })
page.on('pageerror', (e) => { console.log('page error', e.message); process.exitCode = 1 })
const on = (screen) => page.waitForSelector(`[data-screen="${screen}"]`, { timeout: 9000 })
const press = (id) => page.locator(`[data-testid="${id}"]`).first().click({ timeout: 5000 })
const keys = async (s) => { for (const k of s) await press(`key-${k}`) }

await page.request.post(`${base}/fake/scene`, { data: { name: 'attract' } })
await page.goto(base)
await on('attract'); await press('strong')
await on('home'); await press('item-glbt')
await on('item'); await press('strong')
await on('card'); await on('person'); await press('reveal'); await press('strong')
await on('notice'); await press('strong')
await on('question'); await press('option-social'); await press('strong')
await page.waitForSelector('[data-question=who]'); await press('option-self'); await press('strong')
await on('form')
await keys('fuchengqu'); await press('candidate-涪城区')
await press('field-address'); await keys('pumingbeilu'); await press('key-space'); await press('key-numbers'); await keys('18'); await press('key-号')
await press('strong'); await page.waitForSelector('[data-group=phone]'); await keys('13908162'); await press('strong')
await page.waitForSelector('[data-testid=error-phone]'); await keys('150'); await press('strong')
await page.waitForSelector('[data-group=bank]'); await keys('6222020200116621'); await press('strong')
await on('scan')
for (let i = 0; i < 3 && !(await page.locator('[data-view=taken]').count()); i++) { await press('shoot'); await page.waitForTimeout(500) }
await press('keep')
await page.waitForSelector('[data-material=photo]'); await press('later')
await on('sign')
const b = await page.locator('[data-testid=signature]').boundingBox()
for (const y of [0.3, 0.5]) { await page.mouse.move(b.x + 200, b.y + b.height * y); await page.mouse.down(); await page.mouse.move(b.x + 700, b.y + b.height * y + 40, { steps: 15 }); await page.mouse.up() }
await press('strong')
await on('check'); await press('edit-form'); await on('form'); await press('strong'); await on('check')
while (!(await page.locator('[data-testid=submit]').count())) { await press('strong'); await page.waitForTimeout(450) }
await press('submit')
await on('submitted'); console.log(await page.textContent('[data-testid=case-no]'), await page.textContent('[data-testid=check-code]'))
await page.waitForSelector('[data-state=received]'); await press('finish')
await on('rating'); await press('rate-5'); await press('strong')
await on('attract'); await page.goBack().catch(() => undefined); await on('attract')
const left = await page.evaluate(() => [document.body.innerHTML.includes('陈'), localStorage.length, sessionStorage.length, location.href])
console.log('left behind:', JSON.stringify(left))
if (left[0] || left[1] || left[2]) process.exitCode = 1
await browser.close()
