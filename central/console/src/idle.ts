import { lastAsked } from '@kiosk/kit/api'
import { onBeforeUnmount, onMounted, ref } from 'vue'
import { session, stay } from './session'

const minute = 60_000

/** A console's idle limit as the centre says it, in ms; the warning comes in its last third, five minutes at most. */
const limitNow = () => (session.me?.idle_seconds ?? 900) * 1000

/** What to do about the session now: a person who types is here, one who does nothing is warned in time (离开提醒). */
export function idleStep(now: number, asked: number, touched: number, limit: number): 'nothing' | 'stay' | 'warn' {
  if (now - asked < limit / 3) return 'nothing'
  if (touched > asked && now - touched < minute) return 'stay'
  return now - asked >= limit - Math.min(limit / 3, 5 * minute) ? 'warn' : 'nothing'
}

/** Minutes until the session ends, 0 while there is nothing to warn of. */
export function useIdle() {
  const left = ref(0)
  let touched = 0
  const touch = () => (touched = Date.now())
  const goOn = () => stay().then(() => (left.value = 0), () => {})
  const look = () => {
    const limit = limitNow()
    const step = idleStep(Date.now(), lastAsked(), touched, limit)
    if (step === 'stay') void goOn()
    left.value = step === 'warn' ? Math.max(Math.ceil((lastAsked() + limit - Date.now()) / minute), 1) : 0
  }
  const timer = window.setInterval(look, minute / 4)
  onMounted(() => ['keydown', 'pointerdown'].forEach((n) => window.addEventListener(n, touch, { passive: true })))
  onBeforeUnmount(() => {
    clearInterval(timer)
    for (const n of ['keydown', 'pointerdown']) window.removeEventListener(n, touch)
  })
  return { left, goOn }
}
