/// <reference types="vitest/config" />
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { words } from './build/words.ts'
import { fake } from './dev/fake.ts'

// The page is served from the root of the agent's own listener. WebKitGTK is the engine in the window, hence safari15.
export default defineConfig(({ command }) => ({
  base: '/',
  plugins: [vue(), words(), ...(command === 'serve' && !process.env.VITEST ? [fake()] : [])],
  build: {
    target: 'safari15',
    cssTarget: 'safari15',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: { host: '127.0.0.1', port: 5173, strictPort: true },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts'], globals: false },
}))
