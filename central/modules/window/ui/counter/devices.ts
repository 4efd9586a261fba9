import { useCounter, type Card } from '@kiosk/kit/counter'
import { reactive, watchEffect } from 'vue'
import type { Person } from './hall'
import { birthOf, sexOf } from './person'

const counter = useCounter()
const state = reactive({ reader: false, scanner: false, pad: false })
watchEffect(() => {
  state.reader = counter.has('idcard')
  state.scanner = counter.has('scanner')
  state.pad = counter.state.value === 'paired' && counter.pad.value.open
})
void counter.look()
// The service may start after the page, or be too busy to answer at once: it is looked for until it is there.
const again = 5000
window.setInterval(() => {
  if (document.visibilityState === 'visible' && (counter.state.value === 'absent' || counter.state.value === 'asking')) void counter.look()
}, again)

/** A card in the words of a visit. */
const personOf = (c: Card): Person => ({
  name: c.name, id_kind: 'resident', id_number: c.idNumber, phone: '', sex: sexOf(c.idNumber), nation: '', birth: birthOf(c.idNumber), address: c.address ?? '', way: 'card',
})

/** The devices of this counter as the pages use them (窗口设备); without them the clerk types and takes files. */
export const devices = {
  state,
  look: () => counter.look(),
  readCard: async (signal?: AbortSignal): Promise<Person> => personOf(await counter.readCard({ wait: 120, signal })),
  scan: async (): Promise<Blob[]> => [(await counter.scan()).file],
  sign: (text: string): Promise<Blob> => counter.sign({ title: '请签名', text, who: '', wait: 120 }),
  /** The citizen's screen is wiped when the visit ends. */
  end: () => counter.end().catch(() => {}),
}
