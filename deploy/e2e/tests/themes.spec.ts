import { clean, expect, signIn, stack, test } from './stack'

test.use({ viewport: { width: 1440, height: 900 } })

// A clerk looks a theme up, sees that nothing is asked twice, and tries it as an applicant.
test('a theme shows its steps, its one set of papers and what fills every official form', async ({ page }) => {
  await signIn(page)
  await page.goto(stack.web + '/console/#/themes')
  await expect(page.locator('[data-screen="themes"]')).toBeVisible()
  await clean(page, 'themes')
  await page.getByTestId('find-theme').fill('灵活就业')
  await page.locator('[data-row="lhjyyjs"] a').click()
  await expect(page.getByTestId('answer')).toContainText('灵活就业一件事')
  await expect(page.getByText('每张部门表的每一项都有来处')).toBeVisible()
  await expect(page.getByText('没有来处', { exact: true })).toHaveCount(0)

  const pane = page.getByRole('complementary', { name: '试一遍' })
  await expect(pane.getByText('您是不是刚离开单位？')).toBeVisible()
  await clean(page, 'theme')
  for (let said = 1; (await pane.getByTestId('settled').count()) === 0; said++) {
    expect(said, 'questions').toBeLessThan(30)
    await pane.locator('.option').first().click()
    await expect(pane.locator('.said li')).toHaveCount(said)
    await expect(pane.locator('[aria-busy="true"]')).toHaveCount(0)
  }
  await expect(pane.getByTestId('settled')).toContainText('件事')
  await pane.getByRole('button', { name: '从头来' }).click()
  await expect(pane.getByText('您是不是刚离开单位？')).toBeVisible()
})
