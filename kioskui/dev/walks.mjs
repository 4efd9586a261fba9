// How to get from a scene to a screen by pressing (走法). strong: false where the screen has no strong button on purpose.
const press = async (page, id) => page.locator(`[data-testid="${id}"]`).first().click({ timeout: 3000 })
const tapKeys = async (page, keys) => { for (const k of keys) await press(page, `key-${k}`) }
const to = (page, screen) => page.waitForSelector(`[data-screen="${screen}"]`, { timeout: 4000 })
const strong = (page) => page.locator('[data-testid=strong]').last().click({ timeout: 3000 })

async function write(page) {
  const c = page.locator('[data-testid=signature]')
  const b = await c.boundingBox()
  for (const [x, y, dx, dy] of [[0.2, 0.3, 0, 0.25], [0.3, 0.35, 0.2, 0], [0.45, 0.3, 0.05, 0.25], [0.6, 0.3, 0.2, 0.05], [0.7, 0.25, 0, 0.3]]) {
    await page.mouse.move(b.x + b.width * x, b.y + b.height * y)
    await page.mouse.down()
    for (let i = 1; i <= 12; i++) await page.mouse.move(b.x + b.width * (x + (dx * i) / 12) + Math.sin(i) * 6, b.y + b.height * (y + (dy * i) / 12))
    await page.mouse.up()
  }
}

export const walks = [
  { name: '01-attract', scene: 'attract', expect: 'attract' },
  { name: '01b-attract-offline', scene: 'attract-offline', expect: 'attract' },
  { name: '02-home', scene: 'home', expect: 'home' },
  { name: '02b-home-person', scene: 'home-person', expect: 'home', strong: false },
  { name: '14a-home-offline', scene: 'home-offline', expect: 'home' },
  { name: '19a-home-noprinter', scene: 'home-noprinter', expect: 'home' },
  { name: '03a-card', scene: 'card-waiting', expect: 'card', strong: false },
  { name: '03b-reading', scene: 'card-reading', expect: 'card', strong: false },
  { name: '03c-early', scene: 'card-early', expect: 'card', strong: false },
  { name: '03c-unreadable', scene: 'card-unreadable', expect: 'card', strong: false },
  { name: '03c-unknown', scene: 'card-unknown', expect: 'card', strong: false, views: ['p', 'en'] },
  { name: '03c-silent', scene: 'card-silent', expect: 'card', strong: false },
  { name: '03e-card-travel', scene: 'card-travel', expect: 'card', strong: false },
  { name: '03f-document', scene: 'document-ask', expect: 'document', walk: async (p) => tapKeys(p, ['E', '5', '1', '0', '7']) },
  { name: '03f-document-birth', scene: 'document-ask', expect: 'document', walk: async (p) => { await tapKeys(p, ['E', '5', '1', '0', '7']); await strong(p); await tapKeys(p, ['1', '9', '9', '0', '0']) } },
  { name: '03f-document-short', scene: 'document-ask', expect: 'document', walk: async (p) => strong(p) },
  { name: '03g-document-failed', scene: 'document-failed', expect: 'document' },
  { name: '03h-document-waiting', scene: 'document-waiting', expect: 'document', strong: false },
  { name: '03h-document-reading', scene: 'document-reading', expect: 'document', strong: false },
  { name: '03h-document-unknown', scene: 'document-unknown', expect: 'document', strong: false },
  { name: '03h-document-down', scene: 'document-down', expect: 'document', strong: false },
  { name: '11e-document-left', scene: 'document-left', expect: 'card-left' },
  { name: '03c-down', scene: 'card-down', expect: 'card', strong: false },
  { name: '03d-person', scene: 'person', expect: 'person' },
  { name: '03e-expired', scene: 'person-expired', expect: 'person' },
  { name: '04-item', scene: 'home-person', first: 'home', expect: 'item', walk: (p) => press(p, 'item-glbt') },
  { name: '05-notice', scene: 'notice', expect: 'notice' },
  { name: '05b-full', scene: 'notice', expect: 'notice', walk: (p) => press(p, 'full-text') },
  { name: '06-question', scene: 'question', expect: 'question' },
  { name: '06b-chosen', scene: 'question', expect: 'question', walk: (p) => press(p, 'option-social') },
  { name: '06c-early', scene: 'question', expect: 'question', walk: strong },
  { name: '06d-stop', scene: 'stop', expect: 'stop' },
  { name: '07a-form', scene: 'form', expect: 'form', walk: async (p) => { if (await p.locator('[data-testid=field-address]').count() === 0) await strong(p); await p.waitForSelector('[data-testid=field-address]'); await p.waitForTimeout(450); await press(p, 'field-address'); await tapKeys(p, 'xiaoqu'); await p.waitForSelector('[data-testid="candidate-小区"]') } },
  { name: '07b-error', scene: 'form-phone', expect: 'form', walk: async (p) => { await tapKeys(p, '139081621'); await strong(p); await p.waitForSelector('[data-testid=error-phone]') } },
  { name: '07c-numbers', scene: 'form', expect: 'form', walk: async (p) => { if (await p.locator('[data-testid=field-address]').count() === 0) await strong(p); await press(p, 'field-address'); await press(p, 'key-numbers') } },
  { name: '07d-region', scene: 'form-region', expect: 'form' },
  { name: '40a-multi', scene: 'shop-multi', expect: 'form', walk: async (p) => { await press(p, 'option-rice'); if (await p.locator('[data-testid="option-cold"]').count()) await press(p, 'option-cold') } },
  { name: '40b-area', scene: 'shop-area', expect: 'form', walk: async (p) => { await press(p, 'key-numbers'); for (let i = 0; i < 3; i++) await tapKeys(p, '1234567890') } },
  { name: '40c-first-line', scene: 'shop-rows', expect: 'form' },
  { name: '40d-line-error', scene: 'shop-rows', expect: 'form', walk: async (p) => { await strong(p); await p.waitForSelector('[data-testid^="error-staff/0/"]') } },
  { name: '40e-lines', scene: 'shop-lines', expect: 'form', walk: async (p) => { await press(p, 'drop-line-1') } },
  { name: '40f-edit-line', scene: 'shop-lines', expect: 'form', walk: async (p) => { await press(p, 'edit-line-1'); await p.waitForTimeout(400) } },
  { name: '40g-check', scene: 'shop-check', expect: 'check' },
  { name: '40h-which', scene: 'shop-check', expect: 'check', strong: false, walk: async (p) => { for (let i = 0; i < 4 && !(await p.locator('[data-testid=edit-form]').count()); i++) { await strong(p); await p.waitForTimeout(300) } await press(p, 'edit-form') } },
  { name: '41a-offices', scene: 'home', first: 'home', expect: 'list', strong: false, walk: async (p) => { await press(p, (await p.locator('[data-testid=more-items]').count()) ? 'more-items' : 'topic-social'); await p.waitForTimeout(400) } },
  { name: '41b-office', scene: 'home', first: 'home', expect: 'list', strong: false, walk: async (p) => { await press(p, (await p.locator('[data-testid=more-items]').count()) ? 'more-items' : 'topic-social'); await p.waitForTimeout(400); await p.locator('.office').first().click(); await p.waitForTimeout(400); await press(p, 'page-next') } },
  { name: '41c-guide', scene: 'home', first: 'home', expect: 'item', walk: async (p) => { await press(p, (await p.locator('[data-testid=topic-social]').count()) ? 'topic-social' : 'more-items'); await p.waitForTimeout(400); await p.locator('.office').first().click(); await p.waitForTimeout(400); for (let i = 0; i < 5 && !(await p.locator('[data-testid=item-m5]').count()); i++) { await press(p, 'page-next'); await p.waitForTimeout(250) } await p.route('**/api/items/*', (r) => r.continue({ url: r.request().url().replace(/items\/m5$/, 'items/tkgy') })); await press(p, 'item-m5'); await p.waitForSelector('[data-testid=guide]'); await p.waitForTimeout(400) } },
  { name: '41d-paused', scene: 'home', first: 'home', expect: 'item', views: ['p', 'l', 'pe'], walk: async (p) => { await p.route('**/api/items/*', (r) => r.continue({ url: r.request().url().replace(/items\/glbt$/, 'items/cjr') })); await press(p, 'item-glbt'); await p.waitForSelector('[data-testid=guide]'); await p.waitForTimeout(400); await strong(p); await p.waitForSelector('[data-testid=guide-printed]') } },
  { name: '08-live', scene: 'scan', expect: 'scan' },
  { name: '08g-glass', scene: 'scan', expect: 'scan', patch: { glass: true } },
  { name: '08b-refused', scene: 'scan', expect: 'scan', walk: async (p) => { await strong(p); await p.waitForTimeout(200); if (await p.locator('[data-view=taken]').count()) { await press(p, 'retake'); await p.waitForTimeout(500); await strong(p) } await p.waitForSelector('[data-view=refused]'); await p.waitForTimeout(800) } },
  { name: '08a-taken', scene: 'scan', expect: 'scan', walk: async (p) => { await strong(p); await p.waitForTimeout(500); if (await p.locator('[data-view=refused]').count()) await strong(p); await p.waitForSelector('[data-view=taken]'); await p.waitForTimeout(300) } },
  { name: '09-sign', scene: 'sign', expect: 'sign', walk: write },
  { name: '09b-early', scene: 'sign', expect: 'sign', walk: strong },
  { name: '30-sign-two', scene: 'sign-two', expect: 'sign', walk: write },
  { name: '30b-sign-card', scene: 'sign-card', expect: 'sign' },
  { name: '10-check', scene: 'check', expect: 'check' },
  { name: '10b-check-long', scene: 'check-long', expect: 'check' },
  { name: '11-submitted', scene: 'submitted', expect: 'submitted' },
  { name: '11b-printed', scene: 'submitted-printed', expect: 'submitted', views: ['p', 'l'] },
  { name: '11c-noprinter', scene: 'submitted-noprinter', expect: 'submitted' },
  { name: '14b-offline', scene: 'submitted-offline', expect: 'submitted' },
  { name: '12-rating', scene: 'submitted', first: 'submitted', expect: 'rating', walk: async (p) => { await strong(p); await to(p, 'rating'); await p.waitForTimeout(300); await press(p, 'rate-5') } },
  { name: '13-idle', scene: 'idle', expect: 'form' },
  { name: '15-printer', scene: 'printer-failed', expect: 'printer', strong: false },
  { name: '15b-phone', scene: 'printer-failed', expect: 'printer', walk: (p) => press(p, 'way-phone') },
  { name: '15c-unknown', scene: 'printer-unknown', expect: 'printer' },
  { name: '16-progress', scene: 'home-person', first: 'home', expect: 'progress', walk: (p) => press(p, 'ask-progress') },
  { name: '16b-ask', scene: 'home', first: 'home', expect: 'ask-progress', strong: false, walk: (p) => press(p, 'ask-progress') },
  { name: '16c-number', scene: 'home', first: 'home', expect: 'ask-progress', walk: async (p) => { await press(p, 'ask-progress'); await to(p, 'ask-progress'); await press(p, 'by-no'); await tapKeys(p, '26112400300376') } },
  { name: '16d-code', scene: 'home', first: 'home', expect: 'ask-progress', walk: async (p) => { await press(p, 'ask-progress'); await to(p, 'ask-progress'); await press(p, 'by-no'); await tapKeys(p, '26112400300376'); await strong(p); await tapKeys(p, '7K4') } },
  { name: '22-access', scene: 'question', expect: 'question', walk: (p) => press(p, 'rail-access') },
  { name: '23-search', scene: 'home', first: 'home', expect: 'search', views: ['p', 'l', 'pc', 'pr', 'en'], strong: false, walk: async (p) => { await press(p, 'search'); await to(p, 'search'); await tapKeys(p, 'di'); await p.waitForSelector('[data-testid^=candidate-]'); await p.evaluate(() => undefined); await press(p, 'candidate-低').catch(() => undefined); await tapKeys(p, 'bao'); await p.waitForTimeout(200); for (let i = 0; i < 8 && (await p.locator('[data-testid="candidate-宝"]').count()) === 0; i++) await press(p, 'candidate-more'); await press(p, 'candidate-宝'); await strong(p) } },
  { name: '23b-typing', scene: 'home', first: 'home', expect: 'search', views: ['p', 'l', 'pr'], walk: async (p) => { await press(p, 'search'); await to(p, 'search'); await tapKeys(p, 'dibao') } },
  { name: '23c-list', scene: 'home', first: 'home', expect: 'list', strong: false, walk: async (p) => { if (await p.locator('[data-testid=more-items]').count()) await press(p, 'more-items'); else { if (await p.locator('[data-testid=home-page]').count()) await press(p, 'home-page'); await press(p, 'topic-civil') } } },
  { name: '22b-muted', scene: 'question', expect: 'question', walk: async (p) => { await press(p, 'rail-access'); await press(p, 'sound-mute'); await p.waitForTimeout(300) } },
  { name: '24-exit', scene: 'question', expect: 'question', walk: (p) => press(p, 'rail-exit') },
  { name: '11d-card-left', scene: 'card-left', expect: 'card-left' },
  { name: '40-blocked', scene: 'blocked-disk', expect: 'blocked', strong: false, views: ['p', 'l', 'pc'] },
  { name: '41-called', scene: 'called', expect: 'home', views: ['p', 'l', 'pe', 'en'] },
]
