import type { Browser, Page } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { stepUp } from './citizen'
import { clean, desk, Devices, expect, fillSignIn, kiosk, stack, test, type Terminal } from './stack'

// News and convenience services by their columns (政务资讯、便民服务): what a citizen reads at a terminal, and what an editor does for it.
const pictures = process.env.PICTURES
if (pictures) mkdirSync(pictures, { recursive: true })
const picture = async (page: Page, name: string) => {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` })
}

/** Nothing on the screen is pushed out of it, and nothing is cut off. */
async function fits(page: Page) {
  const out = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.actions button, .kinds button, .chips button, .rows button, .turner button, .sheet, .sheet p, .sheet dl, dd, h1')]
      .filter((b) => {
        const r = b.getBoundingClientRect()
        const room = b.parentElement!.getBoundingClientRect()
        return b.scrollWidth > b.clientWidth + 2 || r.right > innerWidth || r.bottom > innerHeight || (b.matches('.rows button, .sheet p, .sheet dl') && r.bottom > room.bottom + 2)
      })
      .map((b) => b.textContent),
  )
  expect(out).toEqual([])
}

async function enter(page: Page, terminal: Terminal, view: 'plain' | 'elderly') {
  await stepUp(page, new Devices(terminal.control), terminal.ui)
  await page.getByTestId('strong').first().click()
  await expect(page.locator('[data-screen="home"]')).toBeVisible()
  if (view === 'elderly') await page.getByRole('button', { name: '长辈版' }).click()
}

async function read(page: Page, terminal: Terminal, shape: string, view: 'plain' | 'elderly') {
  await enter(page, terminal, view)
  await expect(page.getByTestId('bulletin')).toBeVisible()
  await fits(page)
  await clean(page, 'home')
  await picture(page, `kiosk-home-${shape}-${view}`)

  await page.getByTestId('bulletin').click() // 政务资讯: the three kinds of the tender, and what was there before
  await expect(page.locator('[data-screen="bulletin"]')).toBeVisible()
  for (const [column, notice, says] of [['policy', 'policy-days', '行政许可法'], ['notice', 'notice-move', '二楼 A 区'], ['antifraud', 'antifraud-police', '96110'], ['news', 'news-hours', '照常收件']] as const) {
    await page.getByTestId('column-' + column).click()
    await expect(page.getByTestId('column-' + column)).toHaveAttribute('aria-pressed', 'true')
    const name = await page.getByTestId('column-' + column).innerText()
    const row = page.getByTestId('notice-' + notice)
    if (!(await row.count())) await page.getByTestId('page-next').click()
    await fits(page)
    if (column === 'antifraud') {
      await clean(page, 'news')
      await picture(page, `kiosk-news-${shape}-${view}`)
    }
    const at = await page.getByTestId('page-of').allTextContents()
    await row.click()
    const open = page.locator(`[data-open="${notice}"]`)
    await expect(open).toContainText(says)
    await expect(open.getByText(name, { exact: true }), 'the column it is from').toBeVisible()
    await fits(page)
    if (column === 'antifraud') {
      await clean(page, 'one piece of news')
      await picture(page, `kiosk-notice-${shape}-${view}`)
    }
    await page.getByTestId('back').click()
    expect(await page.getByTestId('page-of').allTextContents(), 'back at the page that was left').toEqual(at)
  }
  await page.getByTestId('column-antifraud').click()
  await page.getByTestId('services').click() // 便民服务
  await fits(page)
  await page.getByTestId('notice-service-copy').click()
  await expect(page.locator('[data-open="service-copy"]')).toContainText('大厅入口导办台')
  await clean(page, 'one service')
  await picture(page, `kiosk-service-${shape}-${view}`)
  await page.getByTestId('back').click()
  await page.getByTestId('news').click()
  await expect(page.getByTestId('column-antifraud'), 'the column that was read before').toHaveAttribute('aria-pressed', 'true')
}

test.describe('an all-in-one kiosk', () => {
  test.use({ viewport: { width: 1080, height: 1920 } })
  test('news and convenience services without a card', async ({ page }) => read(page, kiosk, 'portrait', 'plain'))
  test('news and convenience services in the easy view', async ({ page }) => read(page, kiosk, 'portrait', 'elderly'))
})
test.describe('a desktop terminal', () => {
  test.use({ viewport: { width: 1920, height: 1080 } })
  test('news and convenience services in landscape', async ({ page }) => read(page, desk, 'landscape', 'plain'))
  test('news and convenience services in landscape, in the easy view', async ({ page }) => read(page, desk, 'landscape', 'elderly'))
})

async function editor(browser: Browser, login: string) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  await page.goto(stack.web + '/console/')
  await fillSignIn(page, login)
  await expect(page.getByTestId('me')).toBeVisible()
  await page.locator('#work [data-screen]').waitFor()
  await page.goto(stack.web + '/console/#/bulletin')
  await expect(page.locator('[data-screen="bulletin"]')).toBeVisible()
  return page
}

test.describe('an editor and a terminal', () => {
  test.use({ viewport: { width: 1080, height: 1920 } })
  test.setTimeout(600_000)

  test('a column is renamed and one added, an anti-fraud entry is published and withdrawn, and the terminal follows without a restart', async ({ page, browser }) => {
    const office = await editor(browser, 'publisher')
    const said = office.getByTestId('said')
    const title = '冒充客服退款要您开屏幕共享的，都是骗子，先挂断再问 96110'
    /** Looks into a column of the terminal until it is as told; touching it keeps the visit alive. */
    const terminal = (look: () => Promise<void>) =>
      expect(async () => {
        if (await page.locator('[data-screen="attract"]').count()) {
          await page.getByTestId('strong').first().click()
          await page.getByTestId('bulletin').click()
        }
        await page.getByTestId('services').click()
        await page.getByTestId('news').click()
        await look()
      }).toPass({ timeout: 100_000, intervals: [2000] })
    await enter(page, kiosk, 'plain')
    await page.getByTestId('bulletin').click()
    await expect(page.getByTestId('column-antifraud')).toHaveText('防诈宣传')
    await clean(office, 'editors page')
    await picture(office, 'editor-board')

    await test.step('a name, and a column more', async () => {
      await office.getByTestId('column-antifraud').click()
      await office.getByTestId('rename-column').click()
      await office.getByTestId('column-name').fill('反')
      await office.keyboard.press('Control+Enter')
      await expect(office.getByRole('alert')).toContainText('2 到 8 个字')
      await office.getByTestId('column-name').fill('通知公告')
      await office.keyboard.press('Control+Enter')
      await expect(office.getByRole('alert')).toContainText('已经有叫这个名字的栏目')
      await office.getByTestId('column-name').fill('反诈提醒')
      await clean(office, 'renaming a column')
      await office.keyboard.press('Control+Enter')
      await expect(said).toContainText('存好了')
      await office.locator('h1').first().click()
      await office.keyboard.press('c')
      await office.getByTestId('column-name').fill('招考信息')
      await picture(office, 'editor-add-column')
      await office.keyboard.press('Control+Enter')
      await expect(office.getByText('“招考信息”里还没有内容')).toBeVisible()
      await clean(office, 'an empty column')
      await office.getByTestId('column-up').click()
      await expect(said).toContainText('“招考信息”往前移了一位')
    })

    let code = ''
    await test.step('a draft is looked at as a terminal shows it, and published', async () => {
      await office.locator('h1').first().click()
      await office.keyboard.press('3') // the third column
      await expect(office.getByTestId('column-antifraud')).toHaveAttribute('aria-current', 'true')
      await office.keyboard.press('n')
      await office.getByTestId('entry-title').fill(title)
      await office.keyboard.press('Control+Enter')
      await expect(office.getByRole('alert')).toContainText('写一写内容')
      await office.getByTestId('entry-body').fill('接到“客服”说要给您退款、叫您下载会议软件开屏幕共享的，先挂断。真的退款原路退回，不用您做什么。\n\n已经开了共享的，马上断网，打 96110；已经转了账的，马上打 110。')
      await office.getByTestId('entry-source').fill('样例区公安局')
      await office.getByTestId('entry-phone').fill('96110')
      await office.getByTestId('entry-until').fill('2099-12-31')
      await clean(office, 'writing an entry')
      await picture(office, 'editor-write')
      await office.keyboard.press('Control+Enter')
      await expect(office.getByTestId('entry')).toHaveAttribute('data-state', 'draft')
      await expect(office.getByTestId('preview')).toContainText('会议软件')
      await office.getByTestId('preview-big').click()
      await clean(office, 'a draft')
      await picture(office, 'editor-draft')
      code = new URL(office.url()).hash.split('at=')[1]!
      await office.keyboard.press('Control+Enter')
      await expect(office.getByRole('dialog')).toContainText('终端自己撤下')
      await office.keyboard.press('Control+Enter')
      await expect(office.getByTestId('entry')).toHaveAttribute('data-state', 'shown')
    })

    await test.step('the terminal has the new name and the entry; the column that is empty is not there', async () => {
      await terminal(async () => {
        await expect(page.getByTestId('column-antifraud')).toHaveText('反诈提醒', { timeout: 500 })
        await page.getByTestId('column-antifraud').click()
        await expect(page.getByTestId('notice-' + code)).toBeVisible({ timeout: 500 })
      })
      await expect(page.getByText('招考信息')).toHaveCount(0)
      await picture(page, 'kiosk-renamed')
      await page.getByTestId('notice-' + code).click()
      await expect(page.locator(`[data-open="${code}"]`)).toContainText('反诈提醒')
      await fits(page)
      await picture(page, 'kiosk-long-title')
      await page.getByTestId('back').click()
    })

    await test.step('a column that was empty comes with its first entry', async () => {
      await office.locator('h1').first().click()
      await office.locator('a', { hasText: '招考信息' }).click()
      await office.keyboard.press('n')
      await office.getByTestId('entry-title').fill('公益性岗位报名（样例）')
      await office.getByTestId('entry-source').fill('样例区人社局')
      await office.getByTestId('entry-body').fill(Array.from({ length: 60 }, (_, i) => `第 ${i + 1} 个岗位在社区，带身份证报名。`).join(''))
      await office.keyboard.press('Control+Enter')
      await expect(office.getByTestId('entry')).toHaveAttribute('data-state', 'draft')
      await office.keyboard.press('Control+Enter')
      await office.keyboard.press('Control+Enter')
      await expect(office.getByTestId('entry')).toHaveAttribute('data-state', 'shown')
      await terminal(async () => {
        await page.getByText('招考信息').click({ timeout: 500 })
        await page.getByText('公益性岗位报名').click({ timeout: 500 })
      })
      await expect(page.getByTestId('page-of')).toContainText('第 1 页')
      await fits(page)
      await picture(page, 'kiosk-long-text')
      while (await page.getByTestId('page-next').count()) await page.getByTestId('page-next').click()
      await expect(page.locator('[data-open]')).toContainText('第 60 个岗位')
      await fits(page)
      await page.getByTestId('back').click()
    })

    await test.step('withdrawn it is gone, put back it is there', async () => {
      await office.getByTestId('column-antifraud').click()
      await office.locator(`[data-row="${code}"]`).click()
      await office.keyboard.press('w')
      await office.getByTestId('reason').fill('电话写错了，要改')
      await clean(office, 'withdrawing')
      await office.keyboard.press('Control+Enter')
      await expect(office.getByTestId('entry')).toHaveAttribute('data-state', 'withdrawn')
      await terminal(async () => {
        await page.getByTestId('column-antifraud').click()
        await expect(page.getByTestId('notice-' + code)).toHaveCount(0, { timeout: 500 })
      })
      await clean(office, 'withdrawn')
      await picture(office, 'editor-withdrawn')
      await office.locator('h1').first().click()
      await office.keyboard.press('b')
      await office.getByTestId('reason').fill('电话改好了')
      await office.keyboard.press('Control+Enter')
      await expect(office.getByTestId('entry')).toHaveAttribute('data-state', 'shown')
      await terminal(async () => {
        await page.getByTestId('column-antifraud').click()
        await expect(page.getByTestId('notice-' + code)).toBeVisible({ timeout: 500 })
      })
    })

    await test.step('a column that is off keeps what is in it', async () => {
      await office.locator('a', { hasText: '招考信息' }).click()
      await office.getByTestId('column-off').click()
      await office.getByTestId('reason').fill('报名结束了')
      await office.keyboard.press('Control+Enter')
      await expect(office.getByTestId('column-on')).toBeVisible()
      await expect(office.getByTestId('standing')).toContainText('栏目停用')
      await clean(office, 'a column that is off')
      await office.getByTestId('column-antifraud').click()
      await office.getByTestId('rename-column').click()
      await office.getByTestId('column-name').fill('防诈宣传')
      await office.keyboard.press('Control+Enter')
      await expect(office.getByTestId('column-antifraud')).toContainText('防诈宣传')
      await terminal(async () => {
        await expect(page.getByTestId('column-antifraud')).toHaveText('防诈宣传', { timeout: 500 })
        await expect(page.getByText('招考信息')).toHaveCount(0, { timeout: 500 })
      })
    })
    await office.context().close()
  })

  test('who may only read sees the page without its acts, and a centre that does not answer is said', async ({ browser }) => {
    const office = await editor(browser, 'supervisor')
    await expect(office.getByTestId('entry')).toBeVisible()
    await expect(office.getByTestId('write')).toHaveCount(0)
    await expect(office.getByTestId('add-column')).toHaveCount(0)
    await expect(office.getByTestId('withdraw')).toHaveCount(0)
    await clean(office, 'reading only')
    let slow = true
    await office.route('**/api/staff/v1/bulletin/entries', async (r) => {
      if (slow) await new Promise((done) => setTimeout(done, 5000))
      await r.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ code: 'unavailable', detail: '系统正忙，请稍后再试' }) })
    })
    await office.reload()
    await expect(office.getByText('正在取资讯')).toBeVisible()
    await clean(office, 'loading')
    await expect(office.getByRole('alert')).toContainText('系统正忙')
    slow = false
    await clean(office, 'no answer')
    await picture(office, 'editor-no-answer')
    await office.unroute('**/api/staff/v1/bulletin/entries')
    await office.getByRole('button', { name: /再取一次/ }).click()
    await expect(office.getByTestId('entry')).toBeVisible()
    await office.context().close()
  })
})
