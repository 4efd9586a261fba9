import type { Words } from '../i18n/zh'
import type { Mode } from './editor'

/** Rows of keys as simple-keyboard wants them: one string a row, keys parted by blanks (键盘布局). */
export const textRows: Record<Mode, string[]> = {
  pinyin: ['q w e r t y u i o p', 'a s d f g h j k l', '{split} z x c v b n m {bksp}', '{numbers} {zhen} {space} {done}'],
  english: ['q w e r t y u i o p', 'a s d f g h j k l', '{shift} z x c v b n m {bksp}', '{numbers} {zhen} {space} {done}'],
  capital: ['Q W E R T Y U I O P', 'A S D F G H J K L', '{shift} Z X C V B N M {bksp}', '{numbers} {zhen} {space} {done}'],
  numbers: ['1 2 3 4 5 6 7 8 9 0', '号 栋 单元 楼 层 室 组 村', '- / # ( ) · ， 。 {bksp}', '{letters} {space} {done}'],
  code: ['1 2 3 4 5 6 7 8 9 0', 'Q W E R T Y U I O P', 'A S D F G H J K L', '{clear} Z X C V B N M {bksp}'],
}

/** Letters and digits of a service code: 0, 1, 8 and 9 are in none, so that nobody takes them for letters. */
export const serviceRows: string[] = ['2 3 4 5 6 7', 'Q W E R T Y U I O P', 'A S D F G H J K L', '{clear} Z X C V B N M {bksp}']

/** Digits as on a phone; an ID number may end in X, which then stands where clear would. */
export const digitRows = (x: boolean): string[] => ['1 2 3', '4 5 6', '7 8 9', `${x ? 'X' : '{clear}'} 0 {bksp}`]

export const faces = (w: Words, mode: Mode): Record<string, string> => ({
  '{bksp}': '⌫',
  '{split}': w.split,
  '{shift}': mode === 'capital' ? 'abc' : 'ABC',
  '{numbers}': '123',
  '{letters}': w.letters,
  '{zhen}': mode === 'pinyin' ? '英' : '中',
  '{space}': w.space,
  '{done}': w.done,
  '{clear}': w.clear,
})

/** Names for tests and for assistive technology: key-q, key-bksp, key-done. */
export const keyName = (key: string): string => `key-${key.replace(/[{}]/g, '')}`
