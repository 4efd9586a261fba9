import { ask, newKey } from '@kiosk/kit/api'
import type { Ref } from 'vue'
import { api } from './api'
import { provideDesk, type Desk } from './desk'
import type { Item } from './item'
import type { ElementTable } from './types'

/** Gives the parts of a page their desk (编制台): the item as it is now, and what one may say about it. */
export function deskOf(item: Item, table: Ref<ElementTable | undefined>, only: Ref<boolean>): Desk {
  const draft = () => item.draft.value
  const say = async (path: string, body: object) => {
    await ask(`${api}/items/${item.detail.value!.code}/draft/comments${path}`, { method: 'POST', key: newKey(), body })
    await item.load()
  }
  const desk: Desk = {
    get entry() {
      return item.entry.value!
    },
    get mode() {
      return item.mode.value
    },
    get only() {
      return only.value
    },
    changes: (e) => draft()?.changes.filter((c) => c.element === e || c.path === e) ?? [],
    findings: (e) => draft()?.findings.filter((f) => f.element === e || f.path === e) ?? [],
    comments: (e) => draft()?.comments.filter((c) => c.element === e) ?? [],
    codes: (list) => (table.value?.codes[list] ?? []).map((c) => ({ value: c.value, label: c.title })),
    element: (path) => table.value?.elements.find((e) => e.path === path),
    comment: (element, text) => say('', { element, text }),
    answer: (id, text) => say(`/${id}/answer`, { text }),
    resolve: (id) => say(`/${id}/resolve`, {}),
  }
  provideDesk(desk)
  return desk
}
