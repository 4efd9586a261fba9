import { shallowReactive } from 'vue'

// The tabs of the workbench (页签): 政务服务 is the window's own, each other is brought by the module that has the page.

export interface WorkTab {
  path: string
  label: string
  /** Small first. */
  order: number
  permission: string
}

export const workTabs = shallowReactive<WorkTab[]>([{ path: '/window/today', label: '政务服务', order: 10, permission: 'window:case.register' }])

/** Brings one; the same path is brought once. */
export function addTab(tab: WorkTab) {
  if (workTabs.some((t) => t.path === tab.path)) return
  workTabs.push(tab)
  workTabs.sort((a, b) => a.order - b.order)
}
