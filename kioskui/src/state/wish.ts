import { computed, shallowReactive, type ComputedRef } from 'vue'

export interface Wishes<T> {
  /** What was asked for and has not been answered, by its key. */
  of: (key: string) => T | undefined
  wish: (key: string, to: T) => Promise<void>
  clear: () => void
  waiting: ComputedRef<boolean>
}

/**
 * Values that go by steps (按一下一格): whoever presses three times means three steps, though the first is still being set. What is wished is shown
 * at once, each value is sent in its turn, and of several wishes for one value only the last. send tells of its own failures; the wish is gone then.
 */
export function useWishes<T>(send: (key: string, to: T) => Promise<unknown>): Wishes<T> {
  const open = shallowReactive(new Map<string, T>())
  let sending = false

  async function wish(key: string, to: T): Promise<void> {
    open.set(key, to)
    if (sending) return
    sending = true
    try {
      for (let next = first(open); next; next = first(open)) {
        const [k, v] = next
        await send(k, v)
        if (open.get(k) === v) open.delete(k)
      }
    } finally {
      sending = false
      open.clear()
    }
  }
  return { of: (key) => open.get(key), wish, clear: () => open.clear(), waiting: computed(() => open.size > 0) }
}

const first = <T>(m: Map<string, T>): [string, T] | undefined => m.entries().next().value
