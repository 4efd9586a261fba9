import { onScopeDispose } from 'vue'

/** How long the mark is held until the technician's door shows, in milliseconds: no citizen does so by chance. */
export const holdFor = 3000

/**
 * The hidden door (维护入口): the service's mark, pressed and held. Every finger that leaves it earlier is an ordinary touch.
 */
export function useHold(open: () => void): { down: (e: PointerEvent) => void; up: () => void } {
  let timer = 0
  const up = (): void => clearTimeout(timer)
  function down(e: PointerEvent): void {
    up()
    if ((e.target as Element | null)?.closest('.brand')) timer = window.setTimeout(open, holdFor)
  }
  onScopeDispose(up)
  return { down, up }
}
