import { expect, test } from 'vitest'
import { addresses, wrongWith } from './systems'

const good = { id: 'archive', name: '档案系统', owner: '样例档案局 000-0000000', redirects: 'https://archive.example/back\n\n', logouts: '', backchannel: '', internal: false }

test('addresses stand one a line', () => expect(addresses(' https://a.example/x \n\nhttps://b.example')).toEqual(['https://a.example/x', 'https://b.example']))

test('a whole draft has nothing wrong', () => expect(wrongWith(good)).toBe(''))

test.each([
  [{ id: 'Archive' }, '代号'],
  [{ name: ' ' }, '名称'],
  [{ owner: '' }, '负责单位'],
  [{ redirects: '\n' }, '回跳地址'],
  [{ redirects: 'archive.example/back' }, '完整的地址'],
  [{ logouts: 'https://archive.example/#out' }, '#'],
])('%j is named', (change, word) => expect(wrongWith({ ...good, ...change })).toContain(word))
