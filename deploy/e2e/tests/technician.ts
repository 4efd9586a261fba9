import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import type { Page } from '@playwright/test'
import { stepUp } from './citizen'
import { expect, stack, type Devices, type Terminal } from './stack'

/** A code of the centre for one visit (维护码), without its dashes. */
export function serviceCode(terminal: Terminal, reason: string): string {
  const out = execFileSync(resolve('bin/tongban-central'), ['terminal', 'service', '--terminal', terminal.code, '--reason', reason, '--data', join(stack.dir, 'central')], { encoding: 'utf8' })
  return (JSON.parse(out) as { code: string }).code.replaceAll('-', '')
}

/** Opens the technician's door with a code; whoever enters leaves, since the terminal serves nobody meanwhile. */
export async function enter(page: Page, devices: Devices, terminal: Terminal, code: string) {
  await stepUp(page, devices, terminal.ui)
  const mark = (await page.locator('.brand').first().boundingBox())!
  await page.mouse.move(mark.x + 20, mark.y + 20)
  await page.mouse.down()
  await expect(page.locator('[data-screen="service-code"]')).toBeVisible({ timeout: 6_000 })
  await page.mouse.up()
  for (const c of code) await page.getByTestId(`key-${c}`).click()
  await page.getByTestId('strong').first().click()
  await expect(page.locator('[data-screen="technician"]')).toBeVisible()
}

export const fits = async (page: Page, what: string) =>
  expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight), `${what} fits`).toBe(false)
