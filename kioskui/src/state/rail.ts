import { ref, type Ref } from 'vue'
import { asRefusal } from '../api/problem'
import type { Prefs } from '../gen/screen'
import { act, session } from './session'

export interface Rail {
  access: Ref<boolean>
  trouble: Ref<string> // what could not be done, in words; goes by itself
  help: () => void
  set: (change: (p: Prefs) => Partial<Prefs>) => void
  end: (reason: 'left' | 'finished') => void
  stay: () => void
}

/** What the rail does (底栏操作). Pressed on the attract screen it starts a visit first: wishes belong to a visit. */
export function useRail(): Rail {
  const access = ref(false)
  const trouble = ref('')
  let running = false
  let timer = 0

  async function once(work: () => Promise<unknown>): Promise<void> {
    if (running) return
    running = true
    try {
      await work()
    } catch (cause) {
      trouble.value = asRefusal(cause).message
      clearTimeout(timer)
      timer = window.setTimeout(() => (trouble.value = ''), 6000)
    } finally {
      running = false
    }
  }
  async function inVisit(): Promise<void> {
    if (!session.visit.value) await act('visit/start', undefined)
  }
  return {
    access,
    trouble,
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
