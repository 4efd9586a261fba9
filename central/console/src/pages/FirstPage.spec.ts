import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

vi.mock('../modules', () => ({ modules: [{ rail: [{ path: '/window/today', permission: 'x' }] }] }))
vi.mock('../session', () => ({ may: () => true }))
vi.mock('../place', () => ({ here: 'workbench' }))
const { default: FirstPage } = await import('./FirstPage.vue')

/** Signs in while the address is here, and tells where that leads. */
async function opens(here: string) {
  const history = createMemoryHistory()
  const router = createRouter({ history, routes: [{ path: '/', component: FirstPage }, { path: '/:rest(.*)*', component: { template: '<p />' } }] })
  await router.push('/')
  if (here !== '/') history.push(here) // typed or clicked while the first page was on its way
  mount(FirstPage, { global: { plugins: [router] } })
  await flushPromises()
  return history.location
}

it('leads to the first page of the rail', async () => expect(await opens('/')).toBe('/window/today'))
it('does not take an address away that was opened meanwhile', async () => expect(await opens('/issuing/ratings')).toBe('/issuing/ratings'))
