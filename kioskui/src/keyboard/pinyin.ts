import type { Lexicon } from './lexicon'

/** A piece of what was typed: a whole syllable, or the beginning of one. */
export interface Piece {
  text: string
  whole: boolean
}

/** One candidate and how many typed letters it uses, separators included. */
export interface Candidate {
  text: string
  used: number
}

const letters = /^[a-z]$/
/** More pieces than this nobody types before choosing; the rest waits. */
const most = 8

/**
 * Splits what was typed into syllables (切音节): fewest pieces first, whole syllables before beginnings, longer first. An
 * apostrophe divides where the citizen says so: xi'an is not xian.
 */
export function split(lex: Lexicon, typed: string): Piece[] {
  return typed.split("'").flatMap((part) => best(lex, part, new Map()))
}

function best(lex: Lexicon, part: string, memo: Map<string, Piece[]>): Piece[] {
  if (!part) return []
  const known = memo.get(part)
  if (known) return known
  let winner: Piece[] | undefined
  for (let n = Math.min(6, part.length); n >= 1; n--) {
    const head = part.slice(0, n)
    const whole = lex.syllables.has(head)
    // A syllable that is not finished stands at the end; before that only initials are cut short, as in yljin.
    if (!whole && !(isInitial(head) || n === part.length)) continue
    if (!whole && !isBeginning(lex, head)) continue
    const rest = best(lex, part.slice(n), memo)
    const path = [{ text: head, whole }, ...rest]
    if (!winner || cost(path) < cost(winner)) winner = path
  }
  winner ??= [{ text: part[0]!, whole: false }, ...best(lex, part.slice(1), memo)]
  memo.set(part, winner)
  return winner
}

/** A beginning costs more than a second syllable, so that xiaoqu is two syllables and not five initials. */
const cost = (path: Piece[]): number => path.reduce((sum, p) => sum + (p.whole ? 10 : 16), 0)

const isInitial = (head: string): boolean => head.length === 1 || /^[zcs]h$/.test(head)

function isBeginning(lex: Lexicon, head: string): boolean {
  for (const s of lex.syllables) if (s.startsWith(head)) return true
  return false
}

const fits = (reading: string[], p: Piece): boolean => reading.some((r) => (p.whole ? r === p.text : r.startsWith(p.text)))

/** Words that read exactly these pieces. */
function wordsFor(lex: Lexicon, pieces: Piece[]): string[] {
  if (pieces.length < 2) return []
  const key = pieces.map((p) => p.text[0]).join('')
  return (lex.words.get(key) ?? []).filter((w) => w.readings.every((r, i) => fits(r, pieces[i]!))).map((w) => w.text)
}

function charsFor(lex: Lexicon, p: Piece): string[] {
  if (p.whole) return lex.chars.get(p.text) ?? []
  const out: string[] = []
  const lists = [...lex.chars].filter(([s]) => s.startsWith(p.text)).map(([, c]) => c)
  for (let i = 0; i < 3; i++) for (const l of lists) if (l[i]) out.push(l[i]!)
  return out
}

/** Typed letters that the first n pieces use. */
function usedBy(typed: string, pieces: Piece[], n: number): number {
  let at = 0
  for (const p of pieces.slice(0, n)) {
    while (typed[at] === "'") at++
    at += p.text.length
  }
  while (typed[at] === "'") at++
  return at
}

/**
 * Candidates for what was typed, best first (候选): words for all of it, a sentence put together from words, words for its
 * beginning, then single characters for the first syllable.
 */
export function candidates(lex: Lexicon, typed: string): Candidate[] {
  const pieces = split(lex, typed).slice(0, most)
  if (pieces.length === 0) return []
  const out: Candidate[] = []
  const seen = new Set<string>()
  const add = (text: string, n: number): void => {
    if (seen.has(text)) return
    seen.add(text)
    out.push({ text, used: usedBy(typed, pieces, n) })
  }
  const whole = wordsFor(lex, pieces)
  for (const w of whole) add(w, pieces.length)
  if (pieces.length > 1 && whole.length === 0) add(sentence(lex, pieces), pieces.length)
  for (let n = pieces.length - 1; n >= 2; n--) for (const w of wordsFor(lex, pieces.slice(0, n))) add(w, n)
  for (const c of charsFor(lex, pieces[0]!)) add(c, 1)
  return out
}

/** The longest word at each place, else the most used character. */
function sentence(lex: Lexicon, pieces: Piece[]): string {
  let text = ''
  for (let i = 0; i < pieces.length; ) {
    let n = Math.min(6, pieces.length - i)
    let word: string | undefined
    for (; n >= 2 && !word; n--) word = wordsFor(lex, pieces.slice(i, i + n))[0]
    if (word) {
      text += word
      i += [...word].length
    } else {
      text += charsFor(lex, pieces[i]!)[0] ?? ''
      i++
    }
  }
  return text
}

/** The pieces as the candidate row shows them: xiao qu. */
export const spelled = (lex: Lexicon, typed: string): string =>
  split(lex, typed)
    .map((p) => p.text)
    .join(' ')

export const isLetter = (key: string): boolean => letters.test(key)
