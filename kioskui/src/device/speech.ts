import { computed, ref } from 'vue'

const synth = typeof window !== 'undefined' && 'speechSynthesis' in window ? window.speechSynthesis : undefined
const voice = ref<SpeechSynthesisVoice>()

/** Without a Chinese voice there is no 读给我听: a control that does nothing would be a lie. */
export const canSpeak = computed(() => voice.value !== undefined)

function findVoice(): void {
  voice.value = synth?.getVoices().find((v) => /^(zh|cmn)\b/i.test(v.lang))
}

export function listenForVoices(): void {
  if (!synth) return
  findVoice()
  synth.addEventListener?.('voiceschanged', findVoice)
}

/** Speaks a screen, cutting off what was being said. */
export function say(text: string): void {
  if (!synth || !voice.value || !text) return
  synth.cancel()
  const u = new SpeechSynthesisUtterance(text)
  u.voice = voice.value
  u.lang = voice.value.lang
  u.rate = 0.9
  synth.speak(u)
}

export const hush = (): void => synth?.cancel()

/** The words of the screen in reading order, without what is hidden and without the rail. */
export function wordsOf(root: ParentNode): string {
  const page = root.querySelector('[data-screen]')
  if (!page) return ''
  const parts: string[] = []
  for (const el of page.querySelectorAll<HTMLElement>('h1,h2,h3,p,li,button,label,[data-say]')) {
    if (el.closest('[data-rapid],[aria-hidden="true"],[data-nosay]')) continue
    if (el.parentElement?.closest('p,li,button,[data-say]')) continue
    const text = (el.textContent ?? '').replace(/\s+/g, ' ').trim()
    if (text) parts.push(text)
  }
  return parts.join('。')
}

/** Speaks what stands on the screen now. */
export const sayScreen = (): void => say(wordsOf(document))
