// The sentences for what does not hold, word for word those of the server (fleet/wire/matter/form/words.go).

import type { Fault } from './schema'

export type Shape = 'single' | 'multi' | 'rows'

/** A field joins what the schema and the screen say of one entry. */
export type Known = {
  name: string
  label: string
  widget: string
  sourced: boolean
  hint: string
  shape: Shape
  columns: Record<string, Known>
}

/** Said of an entry in a group that is hidden by what was filled in before. */
export const unwanted = '按前面填的，这一项不用填'

export const wrongShape = '填写的内容不对，请重新填'

export function missing(f: Known): string {
  if (f.shape === 'multi') return '请选' + f.label
  if (f.shape === 'rows') return '请填写' + f.label + '，至少一条'
  if (f.sourced && f.widget === 'readonly') return '没有从身份证读到' + f.label + '，请把身份证再放一次'
  if (f.widget === 'choice' || f.widget === 'district') return '请选' + f.label
  if (f.widget === 'date') return '请选' + f.label + '，要写到哪一天'
  return '请填写' + f.label
}

const act = (f: Known): string => (f.shape === 'multi' ? '选' : '填')

function unit(f: Known): string {
  if (f.shape === 'multi') return '项'
  if (f.shape === 'rows') return '条'
  return f.widget === 'digits' || f.widget === 'phone' ? '位' : '个字'
}

/** message puts one fault into words, with the label in front where it is no whole sentence. */
export function message(f: Known, fault: Fault): string {
  const want = Number(fault.want)
  const got = fault.got ?? 0
  switch (fault.rule) {
    case 'minLength':
      return `${f.label}至少${want}${unit(f)}，还差${want - got}${unit(f)}`
    case 'maxLength':
      return `${f.label}最多${want}${unit(f)}，多了${got - want}${unit(f)}`
    case 'format':
      return fault.sentence ?? ''
    case 'pattern':
      return f.hint || f.label + '的写法不对，请对照提示再填'
    case 'enum':
      return f.shape === 'multi' ? '请从列出的里面选' : '请从列出的里面选一个'
    case 'minItems':
      return `${f.label}至少${act(f)}${want}${unit(f)}，还差${want - got}${unit(f)}`
    case 'maxItems':
      return `${f.label}最多${act(f)}${want}${unit(f)}，多了${got - want}${unit(f)}`
    case 'uniqueItems':
      return f.label + '里有一样的，请去掉一个'
    case 'const':
      return f.label + '和前面填的不一致，请核对'
    case 'false':
      return unwanted
  }
  return wrongShape
}
