import { fillPages, toForm } from './phone'
import { clean, expect, stack, test } from './stack'

// The guide on a phone: questions that still change something, the list beside them, the official form at the end.
test.use({ viewport: { width: 390, height: 844 } })

test('a guide is found by pinyin and asks only what changes the list', async ({ page }) => {
  await page.goto(stack.web + '/g')
  await page.getByLabel('写两个字就能找').fill('gljt')
  await page.getByRole('link', { name: /高龄/ }).first().click()
  await expect(page).toHaveURL(/\/g\/glbt$/)
  await expect(page.getByTestId('question')).toBeVisible()
  await clean(page, 'guide')
  let asked = 0
  while (await page.getByTestId('question').count()) {
    expect(++asked).toBeLessThan(12)
    const text = await page.getByTestId('question').innerText()
    await page.locator('.ask-side .opt').first().click()
    await page.getByRole('button', { name: '下一题' }).click()
    await expect(page.getByTestId('question').filter({ hasText: text })).toHaveCount(0)
  }
  await expect(page.getByTestId('settled')).toBeVisible()
  await expect(page.getByTestId('undecided')).toHaveCount(0)
  await expect(page.getByTestId('count')).toContainText('要准备')
  // Going back asks the same question again; the answers stay over a reload, without anybody's name.
  await page.reload()
  await expect(page.getByTestId('settled')).toBeVisible()
  await page.getByRole('button', { name: /^改：/ }).first().click()
  await expect(page.getByTestId('question')).toBeVisible()
  await clean(page, 'guide changed')
})

test('the official form is filled on a phone, judged, laid out as paper and wiped', async ({ page }) => {
  await toForm(page, stack.web + '/g/spxj')
  await page.getByTestId('next').click()
  await expect(page.getByTestId('faults')).toBeVisible() // nothing filled in is said in words
  await clean(page, 'form with faults')
  await fillPages(page)
  await clean(page, 'form review')
  await page.getByTestId('finish').click()
  await expect(page.getByTestId('checked')).toBeVisible()
  await clean(page, 'form done')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('pdf').click()])
  const stream = await file.createReadStream()
  const head = await new Promise<string>((done) => stream.once('data', (b: Buffer) => done(b.subarray(0, 5).toString())))
  expect(head).toBe('%PDF-')
  expect(await page.evaluate(() => sessionStorage.length)).toBe(1)
  await page.getByTestId('wipe').click()
  await expect(page.locator('[data-screen=guide]')).toBeVisible()
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
})
