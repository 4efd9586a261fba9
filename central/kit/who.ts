import { reactive } from 'vue'

/** What the pages know of who is signed in (当前登录): the shell tells, pages ask before they show an act. */
export const who = reactive<{ name: string; permissions: string[]; roles: string[]; today: string }>({ name: '', permissions: [], roles: [], today: '' })

/** The day at the centre when it last said who this is, YYYY-MM-DD; "" before. */
export const centreDay = () => who.today

export const may = (permission: string) => who.permissions.includes(permission)
