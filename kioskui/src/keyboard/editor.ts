import { computed, ref, shallowRef, type Ref } from 'vue'
import { loadLexicon, type Lexicon } from './lexicon'
import { candidates, isLetter, spelled, type Candidate } from './pinyin'

export type Mode = 'pinyin' | 'english' | 'capital' | 'numbers' | 'code'

export interface Editor {
  mode: Ref<Mode>
  typed: Ref<string> // letters not yet turned into characters
  spelled: Ref<string>
  found: Ref<Candidate[]>
  press: (key: string) => void
  take: (c: Candidate) => void
  settle: () => void
  reset: (to?: Mode) => void
}

/**
 * What keys do to a text (编辑). The caret stands at the end. limit is in characters, a rare character counts as one.
 */
export function useEditor(text: () => string, write: (next: string) => void, limit: () => number, done: () => void): Editor {
  const mode = ref<Mode>('pinyin')
  const typed = ref('')
  const lexicon = shallowRef<Lexicon>()
  void loadLexicon().then((l) => (lexicon.value = l))

  const found = computed(() => (lexicon.value && typed.value ? candidates(lexicon.value, typed.value) : []))
  const spell = computed(() => (lexicon.value && typed.value ? spelled(lexicon.value, typed.value) : typed.value))

  const append = (s: string): void => write([...text(), ...s].slice(0, limit()).join(''))

  function take(c: Candidate): void {
    append(c.text)
    typed.value = typed.value.slice(c.used)
  }

  /** Turns what is being spelled into characters before anything else happens to the field. */
  function settle(): void {
    for (let i = 0; typed.value && i < 40; i++) {
      const c = found.value[0]
      if (!c || c.used === 0) break
      take(c)
    }
    if (typed.value) {
      append(typed.value.replace(/'/g, ''))
      typed.value = ''
    }
  }

  function backspace(): void {
    if (typed.value) typed.value = typed.value.slice(0, -1)
    else write([...text()].slice(0, -1).join(''))
  }

  const special: Record<string, () => void> = {
    '{bksp}': backspace,
    '{clear}': () => {
      typed.value = ''
      write('')
    },
    '{split}': () => {
      if (typed.value && !typed.value.endsWith("'")) typed.value += "'"
    },
    '{space}': () => {
      if (found.value[0]) take(found.value[0])
      else append(' ')
    },
    '{done}': () => {
      settle()
      done()
    },
    '{numbers}': () => change('numbers'),
    '{letters}': () => change('pinyin'),
    '{zhen}': () => change(mode.value === 'pinyin' ? 'english' : 'pinyin'),
    '{shift}': () => change(mode.value === 'english' ? 'capital' : 'english'),
  }

  function change(to: Mode): void {
    settle()
    mode.value = to
  }

  function press(key: string): void {
    const act = special[key]
    if (act) act()
    else if (mode.value === 'pinyin' && isLetter(key)) {
      if (typed.value.length < 32) typed.value += key
    } else {
      settle()
      append(key)
    }
  }

  function reset(to: Mode = 'pinyin'): void {
    typed.value = ''
    mode.value = to
  }
  return { mode, typed, spelled: spell, found, press, take, settle, reset }
}
