import { computed } from 'vue'
import { call } from '../api/client'
import type { Sound } from '../gen/screen'
import { session } from '../state/session'

/**
 * The terminal speaks, not the browser (语音提示): the page hands over the very words it shows, the agent leaves out what belongs to the person
 * and plays them through the terminal's speaker. A new sentence stops the one before.
 */
const voice = computed(() => session.state.value?.voice)

/** Where nothing would be heard there is no 读给我听: a control that does nothing would be a lie. */
export const canSpeak = computed(() => voice.value?.ready === true)

/** Whether this terminal is made to speak, also when its speaker is away just now: then its place says so. */
export const hasVoice = computed(() => voice.value !== undefined)

export const soundNote = computed(() => voice.value?.note ?? '')

export const sound = computed<Sound>(() => session.visit.value?.sound ?? voice.value?.sound ?? { volume: 3, muted: false })

let wanted: string | undefined
let running = false

/** Says a text. Of several that come while one is on its way only the last is said; an empty one is silence. */
export function say(text: string): void {
  if (!voice.value || (sound.value.muted && text)) return
  wanted = text
  if (!running) void send()
}

async function send(): Promise<void> {
  running = true
  while (wanted !== undefined) {
    const text = wanted
    wanted = undefined
    // The words stand on the screen; that they are not heard the state says.
    await call('visit/say', { text }, session.visitId.value).catch(() => undefined)
  }
  running = false
}

export const hush = (): void => say('')

/** Makes sentences of the lines of a title and a lead: lines are broken by the look, sentences by the meaning. */
export function sentences(parts: (string | string[] | undefined)[], between: string): string {
  return parts
    .map((p) => (Array.isArray(p) ? p.join(between) : (p ?? '')).trim())
    .filter(Boolean)
    .map((s) => (/[。！？…!?.]$/.test(s) ? s : `${s}${between ? '.' : '。'}`))
    .join(between)
}

/** The words of the screen in reading order, without what is hidden, what belongs to the person, and the rail. */
export function wordsOf(root: ParentNode): string {
  const page = root.querySelector('[data-screen]')
  if (!page) return ''
  const parts: string[] = []
  for (const el of page.querySelectorAll<HTMLElement>('h1,h2,h3,p,li,button,label,[data-say]')) {
    if (el.closest('[data-rapid],[aria-hidden="true"],[data-nosay],[data-private]')) continue
    if (el.parentElement?.closest('p,li,button,[data-say]')) continue
    const text = (el.textContent ?? '').replace(/\s+/g, ' ').trim()
    if (text) parts.push(text)
  }
  return parts.join('。')
}

/** Speaks what stands on the screen now. */
export const sayScreen = (): void => say(wordsOf(document))
