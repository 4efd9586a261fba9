import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// One run over the unit tests of every page (页面单元测试); the kiosk brings the plugins of its own build.
const root = fileURLToPath(new URL('..', import.meta.url))

export default defineConfig({
  root,
  test: {
    projects: [
      {
        extends: root + 'kioskui/vite.config.ts',
        root: root + 'kioskui',
        test: { name: 'kioskui', environment: 'jsdom', include: ['src/**/*.{spec,test}.ts'] },
      },
      {
        plugins: [vue()],
        root: root + 'central',
        resolve: { alias: { '@modules': root + 'central/modules' } },
        test: { name: 'central', environment: 'jsdom', include: ['**/*.{spec,test}.ts'], exclude: ['**/node_modules/**', '**/dist/**'] },
      },
    ],
  },
})
