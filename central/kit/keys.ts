import { onBeforeUnmount, reactive } from 'vue'

/** One key that works now (快捷键): shown in the key bar, with a visible button of the same effect somewhere on the page. */
export interface Key {
  /** As the browser names it, with Ctrl+ or Alt+ before it: "j", "Enter", "Ctrl+Enter". */
  key: string
  label: string
  do: () => void
  /** Works also while typing; only chords and function keys should. */
  always?: boolean
  when?: () => boolean
  /** How it is printed; the key itself when empty. */
  cap?: string
  hidden?: boolean
}

/** All keys that work now, the newest page last; the key bar draws them. */
export const activeKeys = reactive<{ sets: Key[][] }>({ sets: [] })

export const keyOf = (e: KeyboardEvent) => (e.ctrlKey || e.metaKey ? 'Ctrl+' : '') + (e.altKey ? 'Alt+' : '') + (e.key.length === 1 ? e.key.toLowerCase() : e.key)

const typing = (t: EventTarget | null) => t instanceof HTMLElement && (t.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName))

/** A button that has the focus takes Enter and Space itself. */
const ownKey = (e: KeyboardEvent) => e.target instanceof HTMLElement && /^(BUTTON|A)$/.test(e.target.tagName) && (e.key === 'Enter' || e.key === ' ')

export function press(e: KeyboardEvent, sets: Key[][]): boolean {
  if (e.isComposing || e.defaultPrevented || e.repeat && (e.ctrlKey || e.altKey)) return false
  const pressed = keyOf(e)
  for (const set of [...sets].reverse()) {
    for (const k of set) {
      if (k.key !== pressed || (k.when && !k.when())) continue
      if (typing(e.target) && !k.always) continue
      if (ownKey(e) && !k.always) continue
      e.preventDefault()
      k.do()
      return true
    }
  }
  return false
}

/** Keys of a page or a dialog, as long as it is shown. */
export function useKeys(keys: Key[]) {
  activeKeys.sets.push(keys) // at setup, not when mounted: a frame comes before the page in it
  onBeforeUnmount(() => {
    const i = activeKeys.sets.indexOf(keys)
    if (i >= 0) activeKeys.sets.splice(i, 1)
  })
}
