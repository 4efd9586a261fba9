import { expect, type Page } from '@playwright/test'

/** A citizen with a phone (手机办事): answers the guide by its first choices and fills the official form to its last look. */
export async function toForm(page: Page, address: string) {
  await page.goto(address)
  const either = page.getByTestId('settled').or(page.getByTestId('question')).first()
  for (let i = 0; i < 12; i++) {
    await expect(either).toBeVisible()
    if (!(await page.getByTestId('question').count())) break
    const text = await page.getByTestId('question').innerText()
    await page.locator('.ask-side .opt').first().click()
    await page.getByRole('button', { name: '下一题' }).click()
    await expect(page.getByTestId('question').filter({ hasText: text })).toHaveCount(0)
  }
  await page.getByTestId('to-form').click()
  await expect(page.locator('[data-screen=form]')).toBeVisible()
}

/** Fills page after page until all is there to be looked over. */
export async function fillPages(page: Page) {
  for (let n = 0; n < 25 && (await page.locator('[data-step=fill]').count()); n++) {
    const title = await page.getByRole('heading', { level: 1 }).innerText()
    await fill(page)
    await page.getByTestId('next').click()
    await expect(page.getByRole('heading', { level: 1, name: title, exact: true }), await wrongs(page)).toHaveCount(0)
  }
  await expect(page.locator('[data-step=review]')).toBeVisible()
}

const wrongs = async (page: Page): Promise<string> => (await page.locator('.error').allInnerTexts()).join(' / ')

/** Fills what one screen asks, by what its labels say; people and shops carry the unassigned county code. */
async function fill(page: Page): Promise<void> {
  for (const box of await page.locator('.entry input[type=text], .entry input[type=tel], .entry textarea, .entry input[type=date]').all()) {
    if (await box.inputValue()) continue
    const label = (await box.evaluate((e) => (e as HTMLInputElement).labels?.[0]?.innerText ?? '')) ?? ''
    const kind = await box.getAttribute('type')
    await box.fill(kind === 'date' ? '2026-09-01' : kind === 'tel' ? '13908162150' : sample(label))
  }
  for (const list of await page.locator('.entry select').all()) await list.selectOption({ index: 1 })
  for (const set of await page.locator('fieldset.entry:has(> .opts)').all()) {
    if (!(await set.locator('input:checked').count())) await set.locator('.opt').first().click()
  }
}

function sample(label: string): string {
  if (/统一社会信用代码/.test(label)) return '92510799MA99DEM19P'
  if (/名称|店名/.test(label)) return '样例小面馆'
  if (/身份证|证件号/.test(label)) return '510799198512310026'
  if (/面积|人数|数量/.test(label)) return '20'
  if (/电话|手机/.test(label)) return '13908162150'
  if (/日期|时间/.test(label)) return '2026-09-01'
  if (/姓名|负责人|经营者$|代表人|代理人/.test(label)) return '张晓岚'
  if (/编号|证号|号码/.test(label)) return '2026000001'
  return '样例路18号1栋101'
}
