import { describe, expect, it } from 'vitest'
import type { Field, Matter } from '../gen/screen'
import { cellsOf, display, dropLine, entries, isRequired, limitOf, lineText, maxLines, minLines, padOf, picked, sheetsOf, unpack, type Typed } from './form'
import { paged, type Block } from './review'

const staff: Field = {
  name: 'staff', label: '从业人员', widget: 'rows', columns: [
    { name: 'who', label: '姓名', widget: 'text' },
    { name: 'id_number', label: '身份证号', widget: 'digits', masked: true },
    { name: 'post', label: '岗位', widget: 'choice', options: [{ value: 'cook', label: '厨师' }] },
  ],
}
const kinds: Field = { name: 'kinds', label: '经营项目', widget: 'multi', options: [{ value: 'rice', label: '炒饭' }, { value: 'cold', label: '凉菜' }] }
const kitchen: Field = { name: 'kitchen', label: '操作间', widget: 'area' }
const group = { id: 'g', title: '店里', fields: [kinds, staff, kitchen] }
const m = {
  values: {}, groups: [group],
  item: {
    form: {
      schema: {
        required: ['kinds', 'staff'], allOf: [{ then: { required: ['kitchen'] } }],
        properties: {
          kitchen: { type: 'string' },
          staff: { type: 'array', minItems: 1, maxItems: 3, items: { required: ['who'], properties: { who: { type: 'string', maxLength: 8 }, id_number: { format: 'cn-id' } } } },
        },
      },
    },
  },
} as unknown as Matter

describe('repeated lines and several choices', () => {
  it('have a screen of their own and rules by path', () => {
    expect(sheetsOf(group, 3).map((s) => s.fields.map((f) => f.name))).toEqual([['kinds'], ['staff'], ['kitchen']])
    const [who, id] = cellsOf(staff, 1)
    expect([who!.name, limitOf(m, who!), isRequired(m, who!)]).toEqual(['staff/1/who', 8, true])
    expect([padOf(m, id!), isRequired(m, id!)]).toEqual(['id', false])
    expect([maxLines(m, staff), minLines(m, staff), isRequired(m, kitchen)]).toEqual([3, 1, true])
  })

  it('come from the agent and go back the same', () => {
    const typed: Typed = {}
    const lines = [{ who: '张晓岚', id_number: '510799198512310026' }, { who: '李小满', post: 'cook' }]
    const counts = { kinds: unpack(kinds, ['rice', 'cold'], typed), staff: unpack(staff, lines, typed), kitchen: unpack(kitchen, undefined, typed) }
    expect(picked(typed.kinds!)).toEqual(['rice', 'cold'])
    expect(display(m, kinds, typed.kinds!)).toBe('炒饭、凉菜')
    expect(entries(m, group, typed, counts)).toEqual({ kinds: ['rice', 'cold'], staff: lines, kitchen: '' })
    expect(lineText(m, staff, typed, 0)).toBe('张晓岚，…0026')
    expect(lineText(m, staff, typed, 1)).toBe('李小满，厨师')
  })

  it('move up when one is taken away', () => {
    const typed: Typed = {}
    unpack(staff, [{ who: '甲' }, { who: '乙', post: 'cook' }, { who: '丙' }], typed)
    dropLine(staff, typed, 0, 3)
    expect(entries(m, { ...group, fields: [staff] }, typed, { staff: 2 })).toEqual({ staff: [{ who: '乙', post: 'cook' }, { who: '丙' }] })
    expect(typed['staff/2/who']).toBeUndefined()
  })
})

describe('paged', () => {
  it('counts long entries by the lines they take', () => {
    const block: Block = { kind: 'form', head: 2, lines: [{ label: 'a', value: '', rows: 3 }, { label: 'b', value: '', rows: 3 }, { label: 'c', value: '' }] }
    expect(paged([block], 8).map((p) => p.map((b) => b.lines.length))).toEqual([[2], [1]])
  })
})
