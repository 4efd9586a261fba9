import { describe, expect, it } from 'vitest'
import { wrongWith, type PersonDraft } from './draft'

const good: PersonDraft = { login: 'zhou.min', name: '周敏', department: 'd1', posts: [], hall: '', desk: '', phone: '', valid_until: '', reason: '新到岗，窗口 12' }

describe('a new person', () => {
  it('needs no phone and no desk', () => expect(wrongWith(good, true)).toEqual({}))
  it.each([
    ['login', { login: '周敏' }],
    ['login', { login: 'Zm' }],
    ['name', { name: '周' }],
    ['department', { department: '' }],
    ['phone', { phone: '12345' }],
    ['reason', { reason: '好' }],
  ] as [keyof PersonDraft, Partial<PersonDraft>][])('%s is refused in %j', (field, change) => expect(Object.keys(wrongWith({ ...good, ...change }, true))).toEqual([field]))
  it('takes a phone with blanks', () => expect(wrongWith({ ...good, phone: '138 0013 8000' }, true)).toEqual({}))
  it('keeps its login when it is changed', () => expect(wrongWith({ ...good, login: '' }, false)).toEqual({}))
})
