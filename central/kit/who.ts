import { reactive } from 'vue'

/** What the pages know of who is signed in (当前登录): the shell tells, pages ask before they show an act. */
export const who = reactive<{ name: string; permissions: string[]; roles: string[] }>({ name: '', permissions: [], roles: [] })

export const may = (permission: string) => who.permissions.includes(permission)
