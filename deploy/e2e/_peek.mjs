import { chromium } from '@playwright/test'
const [,, base, secrets, ...rest] = process.argv
import fs from 'node:fs'
const pw = fs.readFileSync(secrets,'utf8').match(/^clerk (\S+)/m)[1]
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--disable-gpu','--disable-quic','--no-first-run','--disable-background-networking','--disable-component-update','--disable-sync'] })
const p = await b.newPage({ viewport: { width: 1440, height: 900 } })
p.on('console', m => { if (m.type()==='error') console.log('console', m.text()) })
p.on('pageerror', e => console.log('pageerror', e.message))
await p.goto(base + '/console/'); await p.waitForSelector('[data-screen="sign-in"]'); await p.screenshot({ path: '/tmp/shots/c-signin.png' })
await p.fill('[data-testid=login]','clerk'); await p.fill('[data-testid=password]', pw); await p.click('[data-testid=sign-in]')
await p.waitForSelector('[data-screen="inbox"]'); await p.waitForTimeout(800); await p.screenshot({ path: '/tmp/shots/c-inbox.png' })
const row = await p.$('tbody tr'); if (row) { await row.click(); await p.waitForSelector('[data-screen="case"]'); await p.waitForTimeout(800); await p.screenshot({ path: '/tmp/shots/c-case.png' })
 for (const [k,n] of [['2','c-material'],['Control+Enter','c-accept']]) { await p.keyboard.press(k); await p.waitForTimeout(1800); await p.screenshot({ path: `/tmp/shots/${n}.png` }) }
 await p.keyboard.press('Escape'); await p.waitForTimeout(300); await p.keyboard.press('n'); await p.waitForTimeout(1500); await p.screenshot({ path: '/tmp/shots/c-notice.png' })
 await p.keyboard.press('Escape'); await p.waitForTimeout(300); await p.keyboard.press('r'); await p.waitForTimeout(500); await p.screenshot({ path: '/tmp/shots/c-refuse.png' })
}
await b.close()
