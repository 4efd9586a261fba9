import { ask } from '@kiosk/kit/api'
import { shallowRef } from 'vue'
import { api } from './api'
import type { ElementTable } from './types'

// The element table (要素表) is the same for every item: asked once.
const table = shallowRef<ElementTable>()
let asking: Promise<void> | undefined

export function useElements() {
  if (!table.value) asking ??= ask<ElementTable>(`${api}/elements`).then((t) => void (table.value = t)).finally(() => (asking = undefined))
  return table
}
