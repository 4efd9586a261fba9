import { markRaw, onBeforeUnmount, reactive } from 'vue'

/** One key that works now (快捷键): shown in the key bar, with a visible button of the same effect somewhere on the page. */
export interface Key {
  /** As the browser names it, with Ctrl+ or Alt+ before it: "j", "Enter", "Ctrl+Enter". */
  key: string
  label: string
  do: () => void
  /** Works also while typing; only chords and function keys should. */
  always?: boolean
  /** May repeat while held: only for keys that move. What changes anything wants a press of its own. */
  repeat?: boolean
  when?: () => boolean
  /** How it is printed; the key itself when empty. */
  cap?: string
  hidden?: boolean
}

/** The keys of one page, pane or dialog. A modal set keeps everything below it from being pressed. */
export interface KeySet {
  keys: Key[]
  modal: boolean
}

/** All keys that work now, the newest page last; typing tells whether a text field has the focus. */
export const activeKeys = reactive<{ sets: KeySet[]; typing: boolean }>({ sets: [], typing: false })

export const keyOf = (e: KeyboardEvent) => (e.ctrlKey || e.metaKey ? 'Ctrl+' : '') + (e.altKey ? 'Alt+' : '') + (e.key.length === 1 ? e.key.toLowerCase() : e.key)

const ticks = /^(checkbox|radio|button|submit|file|range)$/

/** Whether letters pressed here are text. A tick box takes no letters. */
export const typing = (t: EventTarget | null) =>
  t instanceof HTMLElement && (t.isContentEditable || /^(TEXTAREA|SELECT)$/.test(t.tagName) || (t instanceof HTMLInputElement && !ticks.test(t.type)))

/** What the focused element does by itself: a button takes Enter and Space, a tick box Space, a radio also the arrows. */
function ownKey(e: KeyboardEvent): boolean {
  const t = e.target
  if (!(t instanceof HTMLElement)) return false
  if (/^(BUTTON|A|SUMMARY)$/.test(t.tagName)) return e.key === 'Enter' || e.key === ' '
  if (t instanceof HTMLInputElement && ticks.test(t.type)) return e.key === ' ' || (t.type === 'radio' && e.key.startsWith('Arrow'))
  return false
}

/** An input method is composing: 229 is what some browsers send instead of isComposing. */
const composing = (e: KeyboardEvent) => e.isComposing || e.keyCode === 229

/** Sets that can be pressed, the newest first, down to a modal one. */
export function reachable(sets: KeySet[]): KeySet[] {
  const out: KeySet[] = []
  for (const set of [...sets].reverse()) {
    out.push(set)
    if (set.modal) break
  }
  return out
}

/** Keys that work now in the order of the bar: the pane's own first, each key once, without what cannot be pressed while typing. */
export function working(sets: KeySet[], whileTyping: boolean): Key[] {
  const seen = new Set<string>()
  const out: Key[] = []
  for (const k of reachable(sets).flatMap((s) => s.keys)) {
    if (seen.has(k.key) || (k.when && !k.when())) continue
    seen.add(k.key)
    if (!whileTyping || k.always) out.push(k)
  }
  return out
}

export function press(e: KeyboardEvent, sets: KeySet[]): boolean {
  if (composing(e) || e.defaultPrevented) return false
  const pressed = keyOf(e)
  const k = working(sets, typing(e.target)).find((x) => x.key === pressed)
  if (!k || (ownKey(e) && !k.always)) return false
  e.preventDefault() // also when held: the browser's own meaning of a chord must not come through
  if (e.repeat && !k.repeat) return false
  k.do()
  return true
}

/** Keys of a page or a dialog, as long as it is shown. */
export function useKeys(keys: Key[], modal = false) {
  const set: KeySet = markRaw({ keys, modal })
  activeKeys.sets.push(set) // at setup, not when mounted: a frame comes before the page in it
  onBeforeUnmount(() => {
    activeKeys.sets = activeKeys.sets.filter((s) => s !== set)
  })
}
