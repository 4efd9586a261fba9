import type { Console, ConsoleModule } from '@kiosk/kit/module'
import { here } from './place'

// Every module's ui/index.ts is found here; adding a module needs no edit (模块页面发现). A folder with pages in both
// consoles exports a list.
const found = import.meta.glob<{ default: ConsoleModule | ConsoleModule[] }>('../../modules/*/ui/index.ts', { eager: true })
const all = Object.values(found).flatMap((m) => m.default).sort((a, b) => (a.order ?? 50) - (b.order ?? 50))

export const modulesOf = (c: Console): ConsoleModule[] => all.filter((m) => (m.console ?? 'workbench') === c)
export const modules = modulesOf(here)

/** The module a page belongs to (所在模块). */
export const moduleAt = (path: string): ConsoleModule | undefined => modules.find((m) => m.pages.some((p) => path === p.path || path.startsWith(p.path.split('/:')[0] + '/')))
