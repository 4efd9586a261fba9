import { ref, type Ref } from 'vue'
import type { Prefs } from '../gen/screen'
import { act, session } from './session'

export interface Rail {
  access: Ref<boolean>
  help: () => void
  set: (change: (p: Prefs) => Partial<Prefs>) => void
  end: (reason: 'left' | 'finished') => void
  stay: () => void
}

/** What the rail does (底栏操作). Pressed on the attract screen it starts a visit first: wishes belong to a visit. */
export function useRail(): Rail {
  const access = ref(false)
  let running = false

  async function once(work: () => Promise<unknown>): Promise<void> {
    if (running) return
    running = true
    try {
      await work()
    } catch {
      // A refusal here leaves the rail as it was; the person sees that nothing changed and presses again.
    } finally {
      running = false
    }
  }
  async function inVisit(): Promise<void> {
    if (!session.visit.value) await act('visit/start', undefined)
  }
  return {
    access,
    help: () =>
      void once(async () => {
        await inVisit()
        if (!session.visit.value?.help_called) await act('visit/help', undefined)
      }),
    set: (change) =>
      void once(async () => {
        await inVisit()
        await act('visit/prefs', { ...session.prefs.value, ...change(session.prefs.value) })
      }),
    end: (reason) =>
      void once(async () => {
        if (session.visit.value) await act('visit/end', { reason })
      }),
    stay: () => void once(() => act('visit/touch', undefined)),
  }
}
