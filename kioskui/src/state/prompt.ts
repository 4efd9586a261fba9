import { onBeforeUnmount, onMounted, watch } from 'vue'
import { say } from '../device/speech'
import { session } from './session'

/** A screen that came is spoken of at once, one that changes while somebody types only when it rests. */
const arrive = 120
const rest = 600

/** Says the step (语音提示) when its screen comes and when its words change; whoever wants 读给我听 hears the whole screen instead. */
export function usePrompt(words: () => string, whole?: () => string): void {
  let timer = 0
  const soon = (ms: number): void => {
    clearTimeout(timer)
    if (!session.visit.value) return // a hall is not talked to
    timer = window.setTimeout(() => say(whole && session.prefs.value.speech ? whole() : words()), ms)
  }
  onMounted(() => soon(arrive))
  onBeforeUnmount(() => clearTimeout(timer))
  watch(words, (now, before) => now !== before && soon(rest))
  watch(() => session.prefs.value.speech, () => soon(arrive))
}
