import layout from 'simple-keyboard-layouts/build/layouts/chinese'
import { nextTick, ref } from 'vue'
import { beforeAll, describe, expect, it } from 'vitest'
import words from 'virtual:words'
import { useEditor } from './editor'
import { build, loadLexicon, type Lexicon } from './lexicon'
import { candidates, spelled, split } from './pinyin'

let lex: Lexicon
beforeAll(() => {
  lex = build((layout as { layoutCandidates?: Record<string, string> }).layoutCandidates!, words.split(' '))
})

describe('split', () => {
  it.each([
    ['xiaoqu', 'xiao qu'],
    ['xian', 'xian'],
    ["xi'an", 'xi an'],
    ['pumingbeilu', 'pu ming bei lu'],
    ['zhongguoren', 'zhong guo ren'],
    ['xq', 'x q'],
    ['mianya', 'mian ya'],
    ['fangan', 'fang an'],
  ])('%s', (typed, want) => expect(spelled(lex, typed)).toBe(want))

  it('never loses a letter', () => {
    for (const typed of ['vvv', 'zzzhg', 'iu', 'qwertyuiop']) expect(split(lex, typed).map((p) => p.text).join('')).toBe(typed)
  })
})

describe('candidates', () => {
  const first = (typed: string): string => candidates(lex, typed)[0]?.text ?? ''
  it.each([['xiaoqu', '小区'], ['fuchengqu', '涪城区'], ['danyuan', '单元'], ['pumingbeilu', '普明北路'], ['dibao', '低保'], ["xi'an", '西安'], ['shenfenzheng', '身份证']])(
    '%s gives %s first', (typed, want) => expect(first(typed)).toBe(want),
  )
  it('finds a word by its initials', () => expect(candidates(lex, 'yljin').map((c) => c.text)).toContain('养老金'))
  it('uses the letters of what was chosen and no more', () => {
    const c = candidates(lex, 'xiaoquabc').find((x) => x.text === '小区')
    expect(c?.used).toBe(6)
    expect(candidates(lex, "xi'an").find((x) => x.text === '西')?.used).toBe(3)
  })
  it('always ends with characters of the first syllable', () => expect(candidates(lex, 'di').map((c) => c.text)).toContain('低'))
  it('has nothing for nothing', () => expect(candidates(lex, '')).toEqual([]))
})

describe('editor', () => {
  it('types pinyin, takes the best with the space bar, deletes, counts rare characters as one', async () => {
    await loadLexicon()
    const text = ref('𠮷')
    let closed = 0
    const e = useEditor(() => text.value, (s) => (text.value = s), () => 5, () => closed++)
    await nextTick()
    await Promise.resolve()
    for (const k of 'xiaoqu') e.press(k)
    expect(e.typed.value).toBe('xiaoqu')
    e.press('{space}')
    expect(text.value).toBe('𠮷小区')
    e.press('{bksp}')
    e.press('{bksp}')
    expect(text.value).toBe('𠮷')
    for (const k of 'di') e.press(k)
    e.press('{numbers}') // what is being spelled becomes characters first
    expect(text.value).toBe('𠮷的')
    for (const k of ['3', '号', '5', '6']) e.press(k)
    expect([...text.value]).toHaveLength(5)
    e.press('{done}')
    expect(closed).toBe(1)
    e.press('{clear}')
    expect(text.value).toBe('')
  })
})
