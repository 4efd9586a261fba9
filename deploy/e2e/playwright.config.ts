import { defineConfig } from '@playwright/test'

// Real browser, real processes (浏览器测试): the stack is started by deploy/e2e.sh, its addresses are in TONGBAN_STACK.
export default defineConfig({
  testDir: 'tests',
  outputDir: process.env.RESULTS_DIR ?? 'results',
  workers: 1, // one kiosk, one citizen at a time
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: process.env.RESULTS ? [['list'], ['json', { outputFile: process.env.RESULTS }]] : [['list']],
  use: {
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    // A trace copies every page at every act: TRACE=1 for the one test that is being looked into.
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
})
