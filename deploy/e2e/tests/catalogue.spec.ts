import type { Browser, Page } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Applicant } from './applicant'
import { Office } from './office'
import { clean, expect, test } from './stack'

// The acceptance of the item catalogue (事项目录验收): import, editing with review and a date, splitting, export. A stack of its own,
// because its clock is moved.
test.use({ viewport: { width: 1440, height: 900 } })

const office = new Office(true)
const files = mkdtempSync(join(tmpdir(), 'tongban-sheets-'))
const item = 'cxbx' // 城乡居民养老保险参保登记
test.beforeAll(async () => {
  test.setTimeout(180_000)
  await office.open()
})
test.afterAll(async () => {
  await office.close()
  rmSync(files, { recursive: true, force: true })
})

async function as(browser: Browser, login: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true })).newPage()
  await page.goto(office.web + '/console/')
  await page.getByTestId('login').fill(login)
  await page.getByTestId('password').fill(office.first(login))
  await page.getByTestId('sign-in').click()
  await expect(page.locator('[data-screen="items"]')).toBeVisible()
  return page
}
const open = async (page: Page, path: string) => {
  await page.goto(`${office.web}/console/#/catalogue${path}`)
  await page.reload()
}
async function because(page: Page, reason: string) {
  await page.getByTestId('reason').fill(reason)
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('dialog')).toHaveCount(0)
}
const kept = (page: Page) => expect(page.getByTestId('kept')).toHaveAttribute('data-kept', 'kept')
const state = (page: Page, s: string) => expect(page.getByTestId('item-state')).toHaveAttribute('data-state', s)
/** The question that is chosen in the outline. */
const chosen = async (page: Page) => (await page.locator('[data-testid^="q-"][aria-selected="true"]').getAttribute('data-testid'))!.slice(2)
/** A paper with what offices record of it; when it is asked for is said by the situations. */
async function addPaper(page: Page, name: string, plain: string) {
  await page.getByTestId('add-material').click()
  const box = page.locator('[data-element^="materials/"]').last()
  const code = (await box.getAttribute('data-element'))!.split('/')[1]!
  await box.getByTestId('m-name-' + code).fill(name)
  for (const [label, text] of [['对群众怎么说', plain], ['依据或理由', '民法典第一百六十五条'], ['受理标准：窗口按什么收', '写全，签名清楚']] as const) await box.getByLabel(label).fill(text)
  for (const [label, value] of [['材料类型', '原件'], ['形式', '纸质'], ['必要性', '非必要'], ['来源', '申请人自备']] as const) await box.getByLabel(label).selectOption({ label: value })
  return code
}
/** What a clerk looks at on a paper. */
async function addPoint(page: Page, paper: string, text: string) {
  await page.getByTestId('add-point').click()
  const box = page.locator('[data-element^="points/"]').last()
  await box.getByLabel('看什么').fill(text)
  await box.getByLabel('看在哪里').selectOption('material')
  await box.getByLabel('哪一份').selectOption(paper)
  await box.getByLabel('依据', { exact: true }).fill('民法典第一百六十五条')
}
/** The item is judged by machine first: each point has a rule, which speaks of what is read from the paper. */
async function addRule(page: Page, point: string, name: string, read: string) {
  const added = async (what: string) => {
    await page.getByTestId('add-' + what).click()
    return page.locator('.rows-editor').filter({ has: page.getByTestId('add-' + what) }).locator('ol > li').last()
  }
  const element = await added('要素')
  await element.getByLabel('规则里的名字').fill(name)
  await element.getByLabel('要素', { exact: true }).fill(name)
  await element.getByLabel('载体').selectOption('material')
  await element.getByLabel('字段、材料或接口').fill(read)
  const rule = await added('规则')
  await rule.getByLabel('哪个要点').selectOption({ label: point })
  await rule.getByLabel('哪个环节').selectOption('accept')
  await rule.getByLabel('算法').fill('ocr-text')
  await rule.getByLabel('规则', { exact: true }).fill(`${name} != ""`)
  await rule.getByLabel('不满足时告诉窗口').fill(`读不出${name}，请窗口看原件`)
}
const promise = (page: Page) => page.locator('#e-PROMISE_DAY')

test('rows of a spreadsheet: bad cells are named, the rest waits to be edited', async ({ browser }) => {
  const sheet = join(files, 'sample.xlsx')
  writeFileSync(sheet, execFileSync('bin/tongban-central', ['catalogue', 'sample-xlsx'], { maxBuffer: 64 << 20 })) // 30 rows: two bodies with a wrong check digit, one code twice
  const page = await as(browser, 'publisher')
  await open(page, '/import')
  await clean(page, 'import, nothing chosen')
  await page.getByTestId('file').setInputFiles(sheet)
  const bad = page.getByTestId('bad-cells')
  await expect(bad.getByRole('rowheader')).toHaveCount(3)
  for (const cell of await bad.getByRole('rowheader').all()) await expect(cell).toHaveText(/^[A-Z]{1,3}\d+$/)
  await expect(bad).toContainText('校验')
  await expect(bad).toContainText('重复')
  await expect(page.getByTestId('answer')).toContainText('27')
  await clean(page, 'bad cells')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByTestId('answer')).toContainText('新 27 个')
  await open(page, '?state=pending')
  await expect(page.getByText('27 项')).toBeVisible()
  await expect(page.getByText('待编制').first()).toBeVisible()
  await clean(page, 'items waiting to be edited')
  await page.context().close()
})

test('the list goes out in the national names and comes back without a difference', async ({ browser }) => {
  const page = await as(browser, 'publisher')
  await open(page, '/import')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export').click()])
  const sheet = join(files, 'list.xlsx')
  await download.saveAs(sheet)
  expect(readFileSync(sheet).subarray(0, 2).toString()).toBe('PK')
  await page.getByTestId('file').setInputFiles(sheet)
  await expect(page.getByTestId('answer')).toContainText('一样', { timeout: 60_000 })
  await expect(page.getByTestId('bad-cells')).toHaveCount(0)
  await clean(page, 'nothing to import')
  await page.context().close()
})

test('an item is split while cases run: they are listed and keep their version', async ({ browser }) => {
  const { case_no: no } = await new Applicant(office.terminals[0]!).handIn({ person: 'ma', item: 'ydjy' })
  const page = await as(browser, 'publisher')
  const arrived = async () => (await page.request.get(`${office.web}/api/staff/v1/catalogue/items/ydjy/running`)).text()
  await expect.poll(arrived, { timeout: 60_000 }).toContain(no) // the terminal hands in by itself
  await open(page, '/item/ydjy')
  await page.locator('details.more summary').click()
  await page.getByTestId('life-split').click()
  await expect(page.getByTestId('running')).toContainText(no)
  await expect(page.getByTestId('running')).toContainText('v1')
  await page.getByTestId('split-0').fill('跨省异地就医备案')
  await page.getByTestId('split-1').fill('省内异地就医备案')
  await clean(page, 'splitting')
  await because(page, '按情形分开办')
  await open(page, '/item/ydjy/versions')
  await expect(page.getByText('来龙去脉')).toBeVisible()
  await expect(page.getByRole('link', { name: '省内异地就医备案' })).toBeVisible()
  await clean(page, 'after the split')
  await page.context().close()
})

test('the list is used by keys alone, finds by one or two characters and by initials, and says when there is nothing', async ({ browser }) => {
  const page = await as(browser, 'editor')
  await clean(page, 'the list')
  for (const words of ['养老', 'cxjm', '低保']) {
    await page.keyboard.press('/')
    await page.keyboard.type(words)
    await page.keyboard.press('Enter')
    await expect(page.locator('tbody tr').first()).toBeVisible()
  }
  await page.keyboard.press('/')
  await page.keyboard.type('没有这样的事项')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: '没有查到“没有这样的事项”' })).toBeVisible()
  await clean(page, 'nothing found')
  await page.keyboard.press('Escape')
  const at = page.locator('tr.current')
  await expect(at).toBeVisible() // the list is back
  await page.keyboard.press('j')
  await expect(at.getByRole('link')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-screen="item"]')).toBeVisible()
  await page.keyboard.press('g')
  await expect(page.getByTestId('group-body')).toHaveAttribute('aria-current', 'true')
  await page.keyboard.press('Escape')
  await expect(page.locator('[data-screen="items"]')).toBeVisible()
  await page.context().close()
})

test('a paper leads to the items that ask for it, what is missing is counted by element', async ({ browser }) => {
  const page = await as(browser, 'reviewer')
  await open(page, '/materials')
  await page.getByTestId('find-material').fill('户口簿')
  await page.keyboard.press('Enter')
  await expect(page.locator('aside.pane').getByRole('link').first()).toBeVisible()
  await clean(page, 'materials')
  await page.locator('aside.pane').getByRole('link').first().click()
  await expect(page.locator('[data-screen="item"]')).toBeVisible()
  await expect(page.getByTestId('group-material')).toHaveAttribute('aria-current', 'true')
  for (const [path, what] of [['/completeness', 'completeness'], ['/checks', 'checks'], ['/basic', 'basic list']] as const) {
    await open(page, path)
    await expect(page.getByTestId('answer')).not.toHaveText('　')
    await clean(page, what)
  }
  await page.context().close()
})

test('somebody else saved first: nothing is lost or written over, a save that fails is tried again', async ({ browser }) => {
  const [one, two] = [await as(browser, 'editor'), await as(browser, 'editor')]
  await open(one, '/item/lhjy')
  await one.getByTestId('act-draft').click()
  await because(one, '年度复核')
  await open(one, '/item/lhjy?group=contact')
  await open(two, '/item/lhjy?group=contact')
  const phone = (p: Page) => p.locator('#e-LINK_WAY')
  await phone(one).fill('0816-0000001 窗口')
  await kept(one)
  await phone(two).fill('0816-0000002 窗口')
  await expect(two.getByTestId('other-first')).toBeVisible()
  await expect(phone(two)).toHaveValue('0816-0000002 窗口')
  await clean(two, 'somebody else was first')
  await two.getByTestId('take-theirs').click()
  await expect(phone(two)).toHaveValue('0816-0000001 窗口')

  let down = true
  await two.route('**/draft/save', (route) => (down ? route.abort() : route.continue()))
  await phone(two).fill('0816-0000003 窗口')
  await expect(two.getByRole('alert')).toContainText('网络断了')
  await clean(two, 'not kept')
  down = false
  await two.getByRole('button', { name: '再存一次' }).click()
  await kept(two)
  await two.getByTestId('group-contact').focus()
  await two.keyboard.press('Control+z')
  await expect(phone(two)).toHaveValue('0816-0000001 窗口')
  await two.setViewportSize({ width: 720, height: 450 }) // 200 % of 1440
  await expect(two.getByTestId('act-submit')).toBeVisible()
  expect(await two.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(720)
  await clean(two, 'at 200 %')
  for (const p of [one, two]) await p.context().close()
})

/** What the public guide promises. */
async function portal() {
  const res = await fetch(`${office.web}/api/public/v1/catalogue/items/${item}`)
  return ((await res.json()) as { limit: string }).limit
}

/** What a terminal says before anybody begins. */
class At {
  private cookie = ''
  constructor(private terminal: { ui: string }) {}
  async limit() {
    const base = new URL(this.terminal.ui).origin
    if (!this.cookie) this.cookie = ((await fetch(this.terminal.ui, { redirect: 'manual' })).headers.get('set-cookie') ?? '').split(';')[0]!
    const res = await fetch(`${base}/api/items/${item}`, { headers: { Cookie: this.cookie } })
    return JSON.stringify(await res.json())
  }
}

test('two situations, the phone beside them, an answer nobody reaches, back from the reviewer, in force on its day', async ({ browser }) => { // the last: it moves the clock
  test.setTimeout(360_000)
  const editor = await as(browser, 'editor')
  await open(editor, '/item/' + item)
  await clean(editor, 'an item in force')
  await editor.getByTestId('act-draft').click()
  await because(editor, '群众反映，代办情形没写清')
  await expect(editor.locator('[data-screen="item"]')).toHaveAttribute('data-mode', 'edit')
  await clean(editor, 'a draft')

  // papers that only the new situations ask for
  await editor.getByTestId('group-material').click()
  const letter = await addPaper(editor, '授权委托书', '委托书，写明让谁代办')
  const card = await addPaper(editor, '代办人身份证', '代办人的身份证')
  await kept(editor)
  await clean(editor, 'a material')
  await editor.getByTestId('group-point').click()
  await addPoint(editor, letter, '委托书签名清楚，委托的事写的是这一项')
  await addPoint(editor, card, '代办人的身份证在有效期内，和委托书上是同一人')
  await editor.getByTestId('group-smart').click()
  await addRule(editor, '委托书签名清楚，委托的事写的是这一项', '受托人', `${letter}/受托人`)
  await addRule(editor, '代办人的身份证在有效期内，和委托书上是同一人', '代办证号', `${card}/公民身份号码`)
  await kept(editor)

  await editor.getByTestId('to-situations').or(editor.getByTestId('try')).first().click()
  await expect(editor.locator('[data-screen="situations"]')).toBeVisible()
  const lines = editor.getByTestId('outline').getByRole('treeitem')
  await expect(lines.first()).toBeVisible()
  await editor.keyboard.press('Alt+q') // by key: a question with two answers
  await expect(editor.getByTestId('q-text')).toBeFocused()
  await editor.keyboard.type('谁来办？')
  await editor.getByTestId('q-why').fill('代办的要有委托书。')
  await editor.getByTestId('q-law').fill('民法典第一百六十五条')
  const first = await chosen(editor)
  await editor.locator('[data-testid^="o-q"]').first().click()
  await editor.getByTestId('o-label').fill('本人来办')
  await editor.locator('[data-testid^="o-q"]').nth(1).click()
  await editor.getByTestId('o-label').fill('家里人代办')
  await editor.getByTestId('tie-' + letter).check()
  await kept(editor)
  await expect(lines.filter({ hasText: '家里人代办' })).toContainText('授权委托书')
  // the phone follows the line that is chosen; its list of papers changes with the answer
  await expect(editor.getByTestId('need-' + letter)).toBeVisible()
  await editor.locator('[data-testid^="o-q"]').first().click()
  await expect(editor.getByTestId('need-' + letter)).toHaveCount(0)
  await clean(editor, 'situations')

  // a second situation hangs on an answer that ends the way: nobody ever reaches it
  await editor.getByTestId('add-question').click()
  await editor.getByTestId('q-text').fill('代办人是什么人？')
  await editor.getByTestId('q-why').fill('看委托书够不够。')
  await editor.getByTestId('q-law').fill('民法典第一百六十五条')
  const second = await chosen(editor)
  const when = editor.getByTestId('question-pane').getByRole('group', { name: '什么时候问' }).first()
  await when.getByRole('combobox').first().selectOption({ label: '答了某个答案' })
  await when.getByLabel('哪个问题').selectOption({ index: 0 })
  await when.getByLabel('是在校学生').check()
  await kept(editor)
  await expect(editor.getByTestId('situation-findings')).toContainText('走不到这里')
  await clean(editor, 'an unreachable question')
  await expect(editor.getByTestId('act-submit')).toBeDisabled()
  await when.getByLabel('哪个问题').selectOption(first)
  await when.getByLabel('家里人代办').check()
  const answers = editor.locator(`[data-testid^="o-${second}-"]`)
  await answers.first().click()
  await editor.getByTestId('o-label').fill('配偶、父母、子女')
  await answers.nth(1).click()
  await editor.getByTestId('o-label').fill('别的人')
  await editor.getByTestId('tie-' + card).check()
  await kept(editor)
  await expect(editor.getByTestId('situation-findings')).toContainText('没有走不到的答案')

  // a point that is looked at always, of a paper that few bring: invented applicants find it
  await open(editor, `/item/${item}?group=point`)
  await editor.getByTestId('walk').click()
  await expect(editor.getByTestId('applicants')).toContainText('走不通')
  for (const [text, question, answer] of [['委托书签名清楚', first, '家里人代办'], ['代办人的身份证在有效期内', second, '别的人']] as const) {
    const box = editor.locator('[data-element^="points/"]').filter({ hasText: text })
    await box.getByTestId(/^open-points/).click()
    const look = box.getByRole('group', { name: '什么时候看' }).first()
    await look.getByRole('combobox').first().selectOption({ label: '答了某个答案' })
    await look.getByLabel('哪个问题').selectOption(question)
    await look.getByLabel(answer).check()
  }
  await kept(editor)

  // promised longer than it was
  await open(editor, `/item/${item}?group=law`)
  const was = await promise(editor).inputValue()
  await promise(editor).fill('9')
  await kept(editor)
  await expect(editor.getByTestId('changes')).toContainText('承诺办结时限')
  await expect(editor.getByTestId('changes')).toContainText('谁来办')
  await expect(editor.getByTestId('impact')).toBeVisible()
  await editor.getByTestId('walk').click()
  await expect(editor.getByTestId('applicants')).toContainText('都走到了底')
  await clean(editor, 'changes and impact')
  await editor.keyboard.press('Control+Enter')
  await clean(editor, 'before submitting')
  await editor.getByTestId('go').click()
  await state(editor, 'review')

  const reviewer = await as(browser, 'reviewer')
  await expect(reviewer.getByTestId('answer')).toContainText('等您审核')
  await open(reviewer, `/item/${item}?group=law`)
  await reviewer.getByTestId('say-PROMISE_DAY').click()
  await reviewer.getByTestId('comment-text').fill(`原来承诺 ${was} 天，为什么变长？`)
  await reviewer.getByTestId('comment-send').click()
  await expect(reviewer.getByTestId('comment-PROMISE_DAY')).toContainText('为什么变长')
  await expect(reviewer.getByTestId('act-approve')).toBeDisabled()
  await clean(reviewer, 'an opinion')
  await reviewer.getByTestId('act-return').click()
  await because(reviewer, '请按要素旁的意见修改')
  await state(reviewer, 'returned')

  await open(editor, `/item/${item}?group=law`)
  await expect(editor.getByTestId('comment-PROMISE_DAY')).toContainText('为什么变长')
  await promise(editor).fill(was === '5' ? '4' : '5')
  await kept(editor)
  await editor.getByTestId('comment-PROMISE_DAY').getByRole('button', { name: '答复' }).click()
  await editor.getByTestId('comment-text').fill('已改短，环节合计不超过承诺。')
  await editor.getByTestId('comment-send').click()
  await clean(editor, 'an answer')
  await editor.keyboard.press('Control+Enter')
  await editor.getByTestId('go').click()
  await state(editor, 'review')

  await open(reviewer, `/item/${item}?group=law`)
  await reviewer.getByTestId('resolve-PROMISE_DAY').click()
  await reviewer.getByTestId('act-approve').click()
  await because(reviewer, '修改到位')
  await state(reviewer, 'approved')

  const publisher = await as(browser, 'publisher')
  await open(publisher, '/item/' + item)
  await publisher.getByTestId('act-publish').click()
  await clean(publisher, 'publishing')
  await because(publisher, '按审核通过的内容发布')
  await expect(publisher.getByText('起用 v2')).toBeVisible()

  const terminal = new At(office.terminals[0]!)
  const old = `${was}个工作日`
  const now = was === '5' ? '4个工作日' : '5个工作日'
  expect(await portal()).toContain(old)
  expect(await terminal.limit()).toContain(old)
  office.pass(24 * 60) // the next day
  await expect.poll(portal, { timeout: 60_000 }).toContain(now)
  await expect.poll(() => terminal.limit(), { timeout: 150_000, intervals: [2000] }).toContain(now)
  const again = await as(browser, 'publisher')
  await open(again, `/item/${item}/versions`)
  await expect(again.getByRole('rowheader', { name: 'v2' })).toBeVisible()
  await expect(again.getByTestId('changes')).toContainText('谁来办')
  await clean(again, 'versions')
  for (const p of [editor, reviewer, publisher, again]) await p.context().close()
})
