import type { ConsoleModule } from '@kiosk/kit/module'

// Every module's ui/index.ts is found here; adding a module needs no edit (模块页面发现).
const found = import.meta.glob<{ default: ConsoleModule }>('../../modules/*/ui/index.ts', { eager: true })

export const modules: ConsoleModule[] = Object.values(found).map((m) => m.default)
