import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

// The centre serves these pages at the root: /v/<code> and /p/<key>.
export default defineConfig({
  base: '/',
  plugins: [vue()],
  build: { target: 'es2019', outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0 },
})
