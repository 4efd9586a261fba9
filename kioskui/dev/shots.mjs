// Takes every screen in every view and checks it (截图与检查): node dev/shots.mjs [only] [--out /tmp/shots]. Needs `npx vite`.
import { mkdirSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import { chromium } from '@playwright/test'
import { inspect } from './checks.mjs'
import { walks } from './walks.mjs'

const base = process.env.KIOSK_DEV ?? 'http://127.0.0.1:5173'
const out = process.env.SHOTS ?? '/tmp/shots'
const only = process.argv[2] ?? ''
mkdirSync(out, { recursive: true })

const views = {
  p: { size: [1080, 1920], prefs: {} },
  l: { size: [1920, 1080], prefs: {} },
  pe: { size: [1080, 1920], prefs: { elderly: true } },
  le: { size: [1920, 1080], prefs: { elderly: true } },
  pc: { size: [1080, 1920], prefs: { contrast: true } },
  lc: { size: [1920, 1080], prefs: { contrast: true } },
  pr: { size: [1080, 1920], prefs: { low_reach: true } },
  per: { size: [1080, 1920], prefs: { elderly: true, low_reach: true, contrast: true } },
  en: { size: [1080, 1920], prefs: { language: 'en' } },
  len: { size: [1920, 1080], prefs: { language: 'en' } },
  ls: { size: [1920, 1080], prefs: {}, scale: 1.195 },
}

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
let faults = 0
let taken = 0
const outside = []

for (const [view, v] of Object.entries(views)) {
  const context = await browser.newContext({ viewport: { width: v.size[0], height: v.size[1] }, reducedMotion: 'reduce', hasTouch: true })
  const page = await context.newPage()
  page.on('request', (r) => !r.url().startsWith(base) && !r.url().startsWith('data:') && outside.push(r.url()))
  page.on('pageerror', (e) => { faults++; console.log(`${view}: page error ${e.message}`) })
  await page.goto(base)
  await page.waitForSelector('[data-screen]')
  for (const w of walks) {
    const id = `${w.name}.${view}`
    if (only && !id.startsWith(only) && view !== only && w.name !== only) continue
    if (w.views && !w.views.includes(view)) continue
    const patch = v.scale || v.size[0] > v.size[1] ? { terminal: await terminal(page, v) } : {}
    await page.request.post(`${base}/fake/scene`, { data: { name: 'attract', prefs: {}, patch } })
    await page.waitForSelector('[data-screen=attract]')
    await page.request.post(`${base}/fake/scene`, { data: { name: w.scene, prefs: v.prefs, patch: { ...patch, ...w.patch } } })
    try {
      await page.waitForSelector(`[data-screen="${w.first ?? w.expect}"]`, { timeout: 5000 })
      await page.waitForTimeout(260)
      if (w.walk) await w.walk(page)
      await page.waitForSelector(`[data-screen="${w.expect}"]`, { timeout: 5000 })
      await page.waitForTimeout(350)
    } catch (e) {
      faults++
      console.log(`${id}: ${String(e.message).split('\n')[0]}`)
      await page.screenshot({ path: `${out}/${id}.broken.png` })
      await page.reload()
      continue
    }
    await page.screenshot({ path: `${out}/${id}.png` })
    taken++
    const elderly = v.prefs.elderly === true && !w.scene.startsWith('attract') && !w.scene.startsWith('blocked')
    const want = { min: elderly ? 40 : 32, low: v.prefs.low_reach === true && w.scene !== 'attract' && !w.scene.startsWith('attract') && !w.scene.startsWith('blocked'), rail: true, strong: w.strong !== false }
    const found = await page.evaluate(inspect, want)
    if ((process.env.AXE ?? 'p pc l').split(' ').includes(view)) {
      const axe = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
      for (const x of axe.violations) for (const n of x.nodes) found.push(`axe ${x.id}: ${n.target.join(' ')} ${(n.any[0]?.message ?? '').slice(0, 120)}`)
    }
    for (const f of found) { faults++; console.log(`${id}: ${f}`) }
  }
  await context.close()
}
if (outside.length) { faults++; console.log(`requests outside: ${[...new Set(outside)].join(' ')}`) }
await browser.close()
console.log(`${taken} pictures in ${out}, ${faults} faults`)
process.exit(faults ? 1 : 0)

async function terminal(page, v) {
  const s = await (await page.request.get(`${base}/api/state`)).json()
  return { ...s.terminal, orientation: 'landscape', scale: v.scale ?? 1, label: '2号机', place: '游仙便民中心' }
}
