/** What is asked of a system that joins the sign-on (登记系统). */
export interface SystemDraft {
  id: string
  name: string
  owner: string
  redirects: string
  logouts: string
  backchannel: string
  internal: boolean
}

/** Addresses, one a line; empty lines are nothing. */
export const addresses = (text: string) => text.split('\n').map((l) => l.trim()).filter(Boolean)

/** What is still wrong, as a sentence that says how to repair it, "" when nothing. The centre checks again. */
export function wrongWith(d: SystemDraft): string {
  if (!/^[a-z][a-z0-9-]{2,39}$/.test(d.id.trim())) return '系统代号用小写字母、数字和短横线，3 到 40 位，字母开头'
  if (!d.name.trim()) return '还没有写系统名称'
  if (!d.owner.trim()) return '还没有写负责单位和电话'
  const to = addresses(d.redirects)
  if (!to.length) return '至少填一个登录后的回跳地址'
  const bad = [...to, ...addresses(d.logouts)].find((a) => !/^https?:\/\/[^\s#]+$/.test(a))
  return bad ? `“${bad}”不是完整的地址：要带 https://，不能带 #` : ''
}
