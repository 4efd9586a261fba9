import { describe, expect, it } from 'vitest'

import { check, keep, shown, type Form } from './index'

const form: Form = {
  id: 'shop', version: 1, title: '小店备案表',
  schema: {
    type: 'object', additionalProperties: false, required: ['kinds', 'online', 'staff'],
    properties: {
      kinds: { type: 'array', minItems: 2, maxItems: 3, uniqueItems: true, items: { type: 'string', enum: ['a', 'b', 'c', 'd'] } },
      online: { type: 'string', enum: ['yes', 'no'] },
      platform: { type: 'string', minLength: 2, maxLength: 10 },
      staff: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'object', additionalProperties: false, required: ['who'], properties: { who: { type: 'string', format: 'cn-name' } } } },
    },
    allOf: [{ 'x-show': 'net', if: { required: ['online'], properties: { online: { enum: ['yes'] } } }, then: { required: ['platform'] }, else: { properties: { platform: false } } }],
  },
  groups: [
    { id: 'what', title: '做什么？', fields: [{ name: 'kinds', label: '经营类别', widget: 'multi' }, { name: 'online', label: '网络经营', widget: 'choice' }] },
    { id: 'net', title: '哪个平台？', show: { field: 'online', is: ['yes'] }, fields: [{ name: 'platform', label: '平台名称', widget: 'text' }] },
    { id: 'staff', title: '有谁？', fields: [{ name: 'staff', label: '从业人员', widget: 'rows', columns: [{ name: 'who', label: '姓名', widget: 'text' }] }] },
  ],
}

const good = { kinds: ['a', 'b'], online: 'yes', platform: '样例外卖', staff: [{ who: '周晓岚' }] }

// That the browser agrees with the server over every shipped form is proved by deploy/agreement; here are the cases one reads.
describe('formcheck', () => {
  it('takes what is right', () => expect(check(form, good)).toEqual([]))

  it('says what is wrong, in the order of the form', () => {
    expect(check(form, { kinds: ['a'], online: 'yes', staff: [{ who: '周' }, { age: '3' }], x: 1 })).toEqual([
      { field: 'kinds', message: '经营类别至少选2项，还差1项' },
      { field: 'platform', message: '请填写平台名称' },
      { field: 'staff/0/who', message: '姓名至少2个字，请写全名' },
      { field: 'staff/1/who', message: '请填写姓名' },
      { field: 'staff/1/age', message: '表里没有这一项' },
      { field: 'x', message: '表里没有这一项' },
    ])
  })

  it('looks at one screen only', () => expect(check(form, {}, ['online'])).toEqual([{ field: 'online', message: '请选网络经营' }]))

  it('hides and drops', () => {
    const values = { ...good, online: 'no' }
    expect(shown(form, values).map((g) => g.id)).toEqual(['what', 'staff'])
    expect(check(form, values)).toEqual([{ field: 'platform', message: '按前面填的，这一项不用填' }])
    expect(check(form, keep(form, values))).toEqual([])
  })

  it('is not led astray by names of the language', () => {
    expect(check(form, JSON.parse('{"__proto__": 1, "constructor": 2}')).map((e) => e.field).slice(-2)).toEqual(['__proto__', 'constructor'])
  })
})
