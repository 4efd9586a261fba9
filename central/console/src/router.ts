import { createRouter, createWebHashHistory } from 'vue-router'
import { modules } from './modules'

const pages = modules.flatMap((m) => m.pages.map((p) => ({ path: p.path, component: p.component, meta: { permission: p.permission } })))

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [...pages, { path: '/:rest(.*)*', redirect: pages[0]?.path ?? '/' }],
})
