// How long a finger waits (触屏响应): pointer up until the first frame that shows the change, in the real screen and on a
// bare button in the same browser. Prints {"tap":p95,"control":p95} in milliseconds.
import { chromium } from '@playwright/test'

const ui = process.argv[2]
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})

/** A new screen takes no press for its first moments, so that a double tap does not reach through it. */
const settled = 400

/** Runs in the page: resolves with the time from the next pointerup to the frame after the DOM changed. */
const watch = () =>
  new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('a press changed nothing on the page')), 5000)
    let from = 0
    addEventListener('pointerup', (e) => (from = e.timeStamp), { capture: true, once: true })
    const seen = new MutationObserver(() => {
      if (!from) return
      seen.disconnect()
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)))
    })
    seen.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
  })

const p95 = (all) => all.sort((a, b) => a - b)[Math.min(Math.floor(all.length * 0.95), all.length - 1)]

async function times(page, press, back, n) {
  const all = []
  for (let i = 0; i < n; i++) {
    const took = page.evaluate(watch)
    await page.waitForTimeout(50)
    await press()
    all.push(await took)
    await back()
  }
  return p95(all)
}

const page = await browser.newPage({ viewport: { width: 1080, height: 1920 } })
await page.goto(ui)
await page.waitForSelector('[data-screen="attract"]')
await page.waitForTimeout(settled)
const tap = await times(
  page,
  () => page.mouse.click(540, 700),
  async () => {
    await page.waitForSelector('[data-screen="home"]')
    await page.getByTestId('rail-exit').click()
    await page.waitForSelector('[data-screen="attract"]')
    await page.waitForTimeout(settled)
  },
  15,
)

const bare = await browser.newPage({ viewport: { width: 1080, height: 1920 } })
await bare.setContent('<button style="width:400px;height:200px" onclick="this.textContent = Date.now()">x</button>')
const control = await times(bare, () => bare.mouse.click(100, 100), async () => {}, 15)
await browser.close()
console.log(JSON.stringify({ tap, control }))
