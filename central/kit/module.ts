import type { Component } from 'vue'

/** What a module brings to the staff console (业务模块页面). The console finds it as ui/index.ts of each module. */
export interface ConsoleModule {
  name: string
  /** Entries of the left rail, in order; an entry without the permission is not shown. */
  rail: RailEntry[]
  pages: Page[]
  /** Things waiting for me, by rail path; called again after every burst of events of the module. */
  badges?: () => Promise<Record<string, number>>
  /** Called when somebody who may use the module has signed in, and when they are gone. */
  start?: () => void
  stop?: () => void
}

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
