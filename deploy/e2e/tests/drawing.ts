import { expect, type Locator, type Page } from '@playwright/test'

/** The filing of a small food shop, as it is drawn on the sheet (备案表): once with the mouse, once with the keys. */
export const statement = '本人对所填内容的真实性负责，遵守有关规定，接受监督检查。'
export const title = '食品小经营店备案表'

const cell = (page: Page, row: number, col: number) => page.locator(`[data-cell="table1/${row}/${col}"]`)
export const said = (page: Page, words: string | RegExp) => expect(page.getByTestId('said')).toContainText(words)
export const saved = (page: Page) => expect(page.locator('[data-screen="form-designer"]')).toHaveAttribute('data-saving', 'saved', { timeout: 15_000 })

/** Nothing but presses, drags and lists; words are typed only where a text field asks for them. */
export class Mouse {
  constructor(private page: Page) {}
  private async middle(l: Locator) {
    await l.scrollIntoViewIfNeeded()
    const b = (await l.boundingBox())!
    return { x: b.x + b.width / 2, y: b.y + b.height / 2 }
  }
  private async carry(from: { x: number; y: number }, to: { x: number; y: number }) {
    await this.page.mouse.move(from.x, from.y)
    await this.page.mouse.down()
    await this.page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 3 })
    await this.page.mouse.move(to.x, to.y, { steps: 4 })
    await this.page.mouse.up()
  }
  /** A place on the first sheet in millimetres. */
  private async spot(x: number, y: number) {
    const sheet = this.page.locator('[data-page="1"]')
    const b = (await sheet.boundingBox())!
    const mm = (b.width - 2) / 210
    return { x: b.x + 1 + x * mm, y: b.y + 1 + y * mm }
  }
  async drop(tool: string, x: number, y: number) {
    await this.page.getByTestId('desk').evaluate((d) => (d.scrollTop = 0))
    await this.carry(await this.middle(this.page.getByTestId('tool-' + tool)), await this.spot(x, y))
  }
  async element(group: string, id: string, row: number, col: number) {
    const list = this.page.getByTestId('element-group')
    if ((await list.inputValue()) !== group) await list.selectOption(group)
    const to = await this.middle(cell(this.page, row, col))
    await this.carry(await this.middle(this.page.getByTestId('element-' + id)), to)
    await said(this.page, '放了填写项')
  }
  async merge(row: number, from: number, to: number) {
    await this.carry(await this.middle(cell(this.page, row, from)), await this.middle(cell(this.page, row, to)))
    await this.page.getByTestId('tool-m').click()
    await said(this.page, '合并了')
  }
  choose = (row: number, col: number) => cell(this.page, row, col).click()
  press = (testid: string) => this.page.getByTestId(testid).click()
  async write(row: number, col: number, words: string) {
    await cell(this.page, row, col).dblclick()
    await this.page.getByTestId('inline').fill(words)
    await this.page.getByTestId('said').click() // elsewhere
    await expect(cell(this.page, row, col)).toContainText(words)
  }
  /** Pulls the line below a row down by so many millimetres. */
  async pull(row: number, mm: number) {
    const line = this.page.getByTestId('row-line-' + row).first()
    await line.scrollIntoViewIfNeeded()
    const b = (await line.boundingBox())!
    const sheet = (await this.page.locator('[data-page="1"]').boundingBox())!
    const from = { x: b.x + 8, y: b.y + b.height / 2 }
    await this.carry(from, { x: from.x, y: from.y + (mm * (sheet.width - 2)) / 210 })
  }
}

export async function byMouse(page: Page) {
  const m = new Mouse(page)
  await m.drop('h', 20, 28)
  await m.drop('t', 20, 46)
  await m.choose(3, 0)
  for (let i = 0; i < 6; i++) await m.press('grid-row-below')
  await m.merge(0, 1, 3)
  await m.element('市场主体', 'JYZ_MC', 0, 0)
  await m.element('市场主体', 'TYSHXYDM', 1, 0)
  await m.element('市场主体', 'ZTLX', 1, 2)
  await m.element('市场主体', 'JYZ_XM', 2, 0)
  await m.element('市场主体', 'JYZ_ZJHM', 2, 2)
  await m.merge(3, 1, 3)
  await m.element('场所', 'JYCS', 3, 0)
  await m.element('场所', 'SYMJ', 4, 0)
  await m.element('自然人', 'LXDH', 4, 2)
  await m.merge(5, 1, 3)
  await m.element('食品', 'JYLB', 5, 0)
  await m.merge(6, 0, 3)
  await m.write(6, 0, '从业人员')
  await m.press('grid-shade')
  await m.choose(8, 0)
  await m.press('tool-7')
  await said(page, '这一行会重复')
  await m.element('自然人', 'XM', 8, 0)
  await m.element('自然人', 'ZJHM', 8, 1)
  await m.element('食品', 'JKZ_BH', 8, 2)
  await m.element('食品', 'JKZ_YXQ', 8, 3)
  await m.write(9, 0, '本人承诺')
  await m.merge(9, 1, 3)
  await page.getByTestId('t-ready').selectOption(statement)
  await m.press('tool-s')
  await m.pull(9, 16)
  await m.drop('q', 172, 8)
  await m.press('tool-k')
  await m.press('tool-o')
}

/** Letters, arrows, chords; the mouse is not touched. */
export async function byKeys(page: Page) {
  const k = page.keyboard
  const press = async (key: string, times = 1) => {
    for (let i = 0; i < times; i++) await k.press(key)
  }
  const element = async (words: string) => {
    await k.press('e')
    await expect(page.getByTestId('element-search')).toBeFocused()
    await k.type(words)
    await k.press('Enter')
    await said(page, '放了填写项')
    await expect(page.locator('[data-chosen]')).toBeFocused()
  }
  const across = async () => {
    await press('ArrowRight')
    await press('Shift+ArrowRight', 2)
    await press('m')
    await said(page, '合并了 3 格')
    await press('ArrowLeft')
  }
  const write = async (words: string) => {
    await press('Enter')
    await expect(page.getByTestId('inline')).toBeFocused()
    await k.type(words)
    await press('Enter')
    await expect(page.getByTestId('inline')).toHaveCount(0)
    await expect(page.locator('[data-chosen]')).toBeFocused()
  }
  await press('h')
  await press('t')
  await press('ArrowDown', 3)
  await press('r', 6)
  await press('ArrowUp', 9)
  await across()
  await element('jyzmc')
  await element('tyshxydm')
  await element('ztlx')
  await element('jyz_xm')
  await element('jyz_zjhm')
  await across()
  await element('经营场所详细')
  await element('symj')
  await element('lxdh')
  await across()
  await element('jylb')
  await press('Shift+ArrowRight', 3)
  await press('m')
  await write('从业人员')
  await press('p')
  await press('ArrowDown', 2)
  await press('7')
  await said(page, '这一行会重复')
  await element('xm')
  await element('zjhm')
  await element('jkz_bh')
  await element('jkz_yxq')
  await write('本人承诺')
  await across()
  await press('ArrowRight')
  await write(statement)
  await press('s')
  await press('Alt+ArrowDown', 16)
  await press('Escape', 2)
  await press('q')
  await press('k')
  await press('o')
}

/** What both drawings must have become. */
export async function drawn(page: Page) {
  for (const words of ['经营者名称', '统一社会信用代码', '主体类型', '经营者姓名', '经营者证件号码', '联系电话', '经营类别', '从业人员', '健康证明编号', '本人承诺']) await expect(page.locator('[data-page="1"]')).toContainText(words)
  await expect(page.locator('[data-cell="table1/8/0"]')).toHaveCount(1)
  await expect(page.locator('[data-cell^="table1/"]')).toHaveCount(2 + 4 + 4 + 2 + 4 + 2 + 1 + 4 + 4 + 2)
  await saved(page)
  await expect(page.getByTestId('faults')).not.toContainText('处要改')
}
