import { CounterProblem, useCounter, type Card, type TravelDocument } from '@kiosk/kit/counter'
import { reactive, watchEffect } from 'vue'
import type { Person } from './hall'
import { birthOf, sexOf } from './person'

const counter = useCounter()
const state = reactive({ reader: false, passport: false, scanner: false, pad: false })
watchEffect(() => {
  state.reader = counter.has('idcard')
  state.passport = counter.has('passport')
  state.scanner = counter.has('scanner')
  state.pad = counter.state.value === 'paired' && counter.pad.value.open
})
void counter.look()
// The service may start after the page, or be too busy to answer at once: it is looked for until it is there.
const again = 5000
window.setInterval(() => {
  if (document.visibilityState === 'visible' && (counter.state.value === 'absent' || counter.state.value === 'asking')) void counter.look()
}, again)

/** Whose card it is: residents of Hong Kong, Macao and Taiwan have a citizen's number that begins with their region. */
const kindOf = (c: Card): string => (c.type.startsWith('foreign') ? 'foreigner' : c.type !== 'hmt-residence' ? 'resident' : c.idNumber.startsWith('83') ? 'taiwan' : 'hkmo')
const sexes: Record<string, string> = { male: '男', female: '女' }

/** A card in the words of a visit. */
export const personOf = (c: Card): Person => ({
  name: c.name, id_kind: kindOf(c), id_number: c.idNumber, phone: '', sex: sexes[c.sex ?? ''] ?? sexOf(c.idNumber), nation: '', birth: c.birth || birthOf(c.idNumber),
  address: c.address ?? '', way: 'card',
})

/** Document codes of permits, by whose they are (港澳居民、台湾居民来往大陆通行证). */
const permits: Record<string, string> = { CR: 'hkmo', CT: 'taiwan' }

/** A passport or a permit in the words of a visit. */
export const holderOf = (d: TravelDocument): Person => ({
  name: d.name, id_kind: d.type.startsWith('P') ? 'passport' : (permits[d.type] ?? 'other'), id_number: d.number, phone: '', sex: sexes[d.sex ?? ''] ?? '', nation: '',
  birth: d.birth ?? '', address: '', way: 'passport',
})

/** What is wrong with a reader is no answer while another one still waits. */
const ill = ['noDevice', 'hardwareError', 'deviceNotReady', 'internalError']
export const firstOf = <T>(ways: Promise<T>[]): Promise<T> =>
  new Promise((resolve, reject) => {
    let left = ways.length
    for (const w of ways) {
      w.then(resolve, (e: unknown) => {
        left--
        if (!left || !(e instanceof CounterProblem && ill.includes(e.code))) reject(e)
      })
    }
  })

/** Who is identified first, by whichever reader he lays his document on; the other stops waiting. */
async function identify(signal: AbortSignal): Promise<Person> {
  const over = new AbortController()
  const until = { wait: 120, signal: AbortSignal.any([signal, over.signal]) }
  const ways: Promise<Person>[] = []
  if (state.reader) ways.push(counter.readCard(until).then(personOf))
  if (state.passport) ways.push(counter.readDocument(until).then(holderOf))
  try {
    return await firstOf(ways)
  } finally {
    over.abort()
    await Promise.allSettled(ways) // both readers are free again
  }
}

/** The devices of this counter as the pages use them (窗口设备); without them the clerk types and takes files. */
export const devices = {
  state,
  look: () => counter.look(),
  identify,
  scan: async (): Promise<Blob[]> => [(await counter.scan()).file],
  sign: (text: string): Promise<Blob> => counter.sign({ title: '请签名', text, who: '', wait: 120 }),
  /** The citizen's screen is wiped when the visit ends. */
  end: () => counter.end().catch(() => {}),
}
