import type { Component } from 'vue'

/** What a module brings to the staff console (业务模块页面). The console finds it as ui/index.ts of each module. */
export interface ConsoleModule {
  name: string
  /** Where its pages are: 工作台 (/console/) or 管理台 (/admin/). Workbench when it says nothing. */
  console?: Console
  /** Place of the module on the rail, small first; as its folder is named when it says nothing. */
  order?: number
  /** Entries of the left rail, in order; an entry without the permission is not shown. */
  rail: RailEntry[]
  pages: Page[]
  /** What the page says about where one is, at the left of the top bar; the console's name when it says nothing. */
  title?: string
  /** The search box of the top bar while a page of the module is shown. */
  search?: Search
  /** Things waiting for me, by rail path; called again after every burst of events of the module. */
  badges?: () => Promise<Record<string, number>>
  /** What needs somebody today, for the overview; only what this caller may see and do. */
  attention?: (may: (permission: string) => boolean) => Promise<Attention[]>
  /** What stands over every page of the console and may be moved (悬浮窗口). */
  float?: { component: Page['component']; permission: string }
  /** Called when somebody who may use the module has signed in, and when they are gone. */
  start?: () => void
  stop?: () => void
}

/** What the one search box finds here (查找), and where the answer is shown. */
export interface Search {
  label: string
  placeholder: string
  /** Address of the list with what was typed; all of it when nothing was. */
  to: (typed: string) => { path: string; query: Record<string, string | undefined> }
}

/** One thing that needs somebody (要您看的): what, what it means, where it is done. */
export interface Attention {
  level: 'bad' | 'warn' | 'todo'
  title: string
  text: string
  /** Page where it is done, and the verb of the link. */
  to: string
  act: string
}

/** The two consoles: one bundle, one shell, sessions and operations of their own (工作台, 管理台). */
export type Console = 'workbench' | 'admin'

export interface RailEntry {
  path: string
  label: string
  icon: string
  permission: string
}

export interface Page {
  path: string
  component: () => Promise<Component | { default: Component }>
  permission: string
}

export const defineModule = (m: ConsoleModule): ConsoleModule => m
