import { createRouter, createWebHashHistory } from 'vue-router'
import { modules } from './modules'
import { here } from './place'

const pages = modules.flatMap((m) => m.pages.map((p) => ({ path: p.path, component: p.component, meta: { permission: p.permission } })))
const home = here === 'admin' ? '/home' : '/'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', component: () => import('./pages/FirstPage.vue') },
    ...(here === 'admin' ? [{ path: '/home', component: () => import('./pages/HomePage.vue') }] : []),
    ...(here === 'workbench' ? [{ path: '/devices', component: () => import('./pages/DevicesPage.vue') }] : []),
    { path: '/me', component: () => import('./pages/MinePage.vue') },
    ...pages,
    { path: '/:rest(.*)*', redirect: home },
  ],
})
