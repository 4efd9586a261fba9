import { local } from './local'

/** One word with the readings of its characters. */
interface Word {
  text: string
  readings: string[][]
}

/** What the keyboard knows (词库): characters by syllable, most used first, and words by the initials of their syllables. */
export interface Lexicon {
  syllables: Set<string>
  chars: Map<string, string[]>
  words: Map<string, Word[]>
}

/** Builds the index. table is syllable → characters joined by blanks, words is the most frequent first. */
export function build(table: Record<string, string>, words: string[]): Lexicon {
  const chars = new Map<string, string[]>()
  const readings = new Map<string, string[]>()
  for (const [syllable, list] of Object.entries(table)) {
    const all = list.split(' ').filter(Boolean)
    chars.set(syllable, all)
    for (const c of all) readings.set(c, [...(readings.get(c) ?? []), syllable])
  }
  const byInitials = new Map<string, Word[]>()
  const seen = new Set<string>()
  for (const text of [...local, ...words]) {
    if (seen.has(text) || text.length < 2) continue
    seen.add(text)
    const r = Array.from(text, (c) => readings.get(c) ?? [])
    if (r.some((x) => x.length === 0)) continue
    const word = { text, readings: r }
    for (const key of initials(r)) {
      const list = byInitials.get(key)
      if (list) list.push(word)
      else byInitials.set(key, [word])
    }
  }
  return { syllables: new Set(chars.keys()), chars, words: byInitials }
}

/** Every string of first letters that a word can be reached by; a character with two readings has two. */
function initials(readings: string[][]): Set<string> {
  let keys = ['']
  for (const r of readings) {
    const firsts = [...new Set(r.map((s) => s[0]!))]
    keys = keys.flatMap((k) => firsts.map((f) => k + f))
  }
  return new Set(keys)
}

let loading: Promise<Lexicon> | undefined

/** Loads characters and words in a chunk of their own: the first screen does not wait for them. */
export function loadLexicon(): Promise<Lexicon> {
  loading ??= Promise.all([import('simple-keyboard-layouts/build/layouts/chinese'), import('virtual:words')]).then(([layout, list]) =>
    build((layout.default as { layoutCandidates?: Record<string, string> }).layoutCandidates ?? {}, list.default.split(' ')),
  )
  return loading
}
