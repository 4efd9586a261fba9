import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Plugin } from 'vite'

const id = 'virtual:words'

/** How often a word must occur in the dictionary's corpus. 200 keeps about 20,000 words in 110 kB compressed. */
const often = 200

/**
 * The pinyin keyboard's words come out of the jieba dictionary of a pinned npm package when the page is built (词库):
 * nothing of it stands in the repository, and nothing but the words themselves goes into the page.
 */
export function words(): Plugin {
  return {
    name: 'tongban:words',
    resolveId: (name) => (name === id ? `\0${id}` : undefined),
    load: (name) => (name === `\0${id}` ? `export default ${JSON.stringify(read().join(' '))}` : undefined),
  }
}

function read(): string[] {
  const file = createRequire(import.meta.url).resolve('@node-rs/jieba/dict.txt')
  const found: [string, number][] = []
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [word, count] = line.split(' ')
    if (word && /^[一-鿿]{2,4}$/u.test(word) && Number(count) >= often) found.push([word, Number(count)])
  }
  return found.sort((a, b) => b[1] - a[1]).map(([word]) => word)
}
