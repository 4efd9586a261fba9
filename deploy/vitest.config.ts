import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// One run over the unit tests of every page.
const root = fileURLToPath(new URL('..', import.meta.url))

export default defineConfig({
  root,
  plugins: [vue()],
  resolve: { alias: { '@modules': root + 'central/modules', '@': root + 'kioskui/src' } },
  test: { environment: 'jsdom', include: ['kioskui/src/**/*.spec.ts', 'kioskui/test/**/*.spec.ts', 'central/**/*.spec.ts'], exclude: ['**/node_modules/**', '**/dist/**'] },
})
