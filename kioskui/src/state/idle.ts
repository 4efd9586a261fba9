import { computed, onScopeDispose, ref, watch } from 'vue'
import { act, session } from './session'

/** At most one touch is reported in so many milliseconds. */
const report = 5000

/** The moments of the countdown that sound: 30, 15 and each of the last five seconds. */
export const sounds = (left: number): boolean => left === 30 || left === 15 || (left > 0 && left <= 5)

/** Seconds left of a span that began at from, both in milliseconds; never below nought. */
export const secondsLeft = (span: number, from: number, now: number): number => Math.max(0, Math.ceil(span - (now - from) / 1000))

/**
 * The seconds in the rail and the countdown (无人操作). The agent decides when the visit ends; this only draws what it said
 * and runs on between two states. A touch is reported at once after a pause, then rarely.
 */
export function useIdle() {
  const now = ref(Date.now())
  const touched = ref(Date.now())
  let reported = 0

  const timer = setInterval(() => (now.value = Date.now()), 250)
  const onTouch = (): void => {
    const at = Date.now()
    touched.value = at
    now.value = at
    if (!session.visit.value || session.visit.value.warning > 0 || at - reported < report) return
    reported = at
    act('visit/touch', undefined).catch(() => undefined) // the stream says when the agent is gone
  }
  window.addEventListener('pointerdown', onTouch, true)
  onScopeDispose(() => {
    clearInterval(timer)
    window.removeEventListener('pointerdown', onTouch, true)
  })
  watch(() => session.visitId.value, () => (touched.value = Date.now()))

  const total = computed(() => session.visit.value?.idle_seconds ?? 0)
  const left = computed(() => secondsLeft(total.value, touched.value, now.value))
  const warning = computed(() => {
    const w = session.visit.value?.warning ?? 0
    return w > 0 ? secondsLeft(w, session.heard.value, now.value) : 0
  })
  const open = computed(() => (session.visit.value?.warning ?? 0) > 0)
  return { left, total, warning, open, now }
}
