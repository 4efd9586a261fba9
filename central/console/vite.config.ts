import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

// The two consoles (工作台、管理台): one shell here, pages from every module's ui folder; each console is an html file.
export default defineConfig({
  base: '/console/',
  plugins: [vue()],
  resolve: { alias: { '@modules': fileURLToPath(new URL('../modules', import.meta.url)) } },
  server: { proxy: { '/api': process.env.TONGBAN_WEB ?? 'http://127.0.0.1:18080' } },
  build: {
    target: 'es2020', outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0,
    rolldownOptions: { input: ['index.html', 'admin/index.html', 'sso/index.html'] },
  },
})
