/** What is asked of a new person (新建人员表单). */
export interface PersonDraft {
  login: string
  name: string
  department: string
  posts: string[]
  hall: string
  desk: string
  phone: string
  valid_until: string
  reason: string
}

/** What is wrong, field by field, as a sentence that says how to repair it. The centre checks again. */
export function wrongWith(d: PersonDraft, fresh: boolean): Partial<Record<keyof PersonDraft, string>> {
  const out: Partial<Record<keyof PersonDraft, string>> = {}
  if (fresh && !/^[a-z][a-z0-9._-]{2,31}$/.test(d.login.trim())) out.login = '填 3–32 个字符，小写字母开头，只用小写字母、数字和 . - _'
  if (d.name.trim().length < 2) out.name = '填姓名，至少 2 个字'
  if (!d.department) out.department = '选一个单位'
  if (d.phone.trim() && !/^1\d{10}$/.test(d.phone.replace(/[\s-]/g, ''))) out.phone = '填 11 位手机号，没有就不填'
  if ([...d.reason.trim()].length < 4) out.reason = '写明原因，至少 4 个字'
  return out
}
