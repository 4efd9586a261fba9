import type { Matter, State } from '../gen/screen'

/** One page of the matter's road (办理页). */
export interface PageRef {
  step: Step
  id: string // question, group, material or role; '' for notice and check
}

export type Step = 'notice' | 'questions' | 'form' | 'materials' | 'sign' | 'check'

const order: Step[] = ['notice', 'questions', 'form', 'materials', 'sign', 'check']

/** The steps that this matter has, in their fixed order. */
export function stepsOf(m: Matter): Step[] {
  const have = m.steps ?? []
  return order.filter((s) => have.includes(s))
}

/** Every page of the road as far as it is known: later questions depend on answers that are not given yet. */
export function road(m: Matter): PageRef[] {
  const have = new Set(stepsOf(m))
  const pages: PageRef[] = []
  if (have.has('notice')) pages.push({ step: 'notice', id: '' })
  if (have.has('questions')) {
    for (const q of m.item.questions ?? []) {
      if (m.answers?.[q.id] !== undefined || m.ask?.id === q.id) pages.push({ step: 'questions', id: q.id })
    }
  }
  if (have.has('form')) for (const g of m.groups ?? []) pages.push({ step: 'form', id: g.id })
  if (have.has('materials')) {
    for (const x of m.materials ?? []) if (x.need === 'required' || x.need === 'deferrable') pages.push({ step: 'materials', id: x.code })
  }
  if (have.has('sign')) for (const s of m.signers ?? []) pages.push({ step: 'sign', id: s.role })
  pages.push({ step: 'check', id: '' })
  return pages
}

/** Whether a page needs nothing more. The check page is never done: submitting ends the matter. */
export function isDone(m: Matter, p: PageRef): boolean {
  switch (p.step) {
    case 'notice':
      return m.consented
    case 'questions':
      return m.answers?.[p.id] !== undefined
    case 'form':
      return m.group_done?.[p.id] === true
    case 'materials': {
      const x = m.materials?.find((y) => y.code === p.id)
      return !x || x.deferred || (x.pages?.length ?? 0) > 0
    }
    case 'sign':
      return m.signers?.find((y) => y.role === p.id)?.signed === true
    case 'check':
      return false
  }
}

/** The first page that still needs something: where the visit stands, also after the page was reloaded. */
export function frontier(m: Matter): PageRef {
  return road(m).find((p) => !isDone(m, p)) ?? { step: 'check', id: '' }
}

export const same = (a: PageRef, b: PageRef): boolean => a.step === b.step && a.id === b.id

/** The page shown: the one gone back to, as long as it still exists and is not beyond the frontier. */
export function pageAt(m: Matter, back: PageRef | undefined): PageRef {
  const at = frontier(m)
  if (!back) return at
  const pages = road(m)
  const b = pages.findIndex((p) => same(p, back))
  const f = pages.findIndex((p) => same(p, at))
  return b >= 0 && b <= f ? back : at
}

export function before(m: Matter, p: PageRef): PageRef | undefined {
  const pages = road(m)
  const i = pages.findIndex((x) => same(x, p))
  return i > 0 ? pages[i - 1] : undefined
}

export function after(m: Matter, p: PageRef): PageRef | undefined {
  const pages = road(m)
  const i = pages.findIndex((x) => same(x, p))
  return i >= 0 ? pages[i + 1] : undefined
}

export type ScreenName =
  | 'starting' | 'blocked' | 'attract' | 'home' | 'list' | 'item' | 'card' | 'document' | 'person' | 'notice' | 'question' | 'stop' | 'form'
  | 'card-left' | 'scan' | 'sign' | 'check' | 'submitted' | 'printer' | 'rating' | 'ask-progress' | 'progress' | 'bulletin'
  | 'service-code' | 'technician'

/** What the page alone knows: where the citizen went that the agent need not know. */
export interface Local {
  at: 'home' | 'list' | 'item' | 'ask-progress' | 'progress' | 'bulletin'
  back?: PageRef
  rating: boolean
  slipPassed: boolean // the citizen went on without the slip
  service: boolean // the technician's door was held open
}

const ofStep: Record<Step, ScreenName> = {
  notice: 'notice', questions: 'question', form: 'form', materials: 'scan', sign: 'sign', check: 'check',
}

/** Chooses the screen from the agent's state and the small local step (选屏). Pure, so that every branch has a test. */
export function choose(state: State | undefined, local: Local): ScreenName {
  if (!state) return 'starting'
  const v = state.visit
  if (state.service) return 'technician'
  if (!v && local.service) return 'service-code'
  if (!v) return state.blocked ? 'blocked' : 'attract'
  if (v.done) {
    if (local.rating) return 'rating'
    const slip = v.done.slip.state
    if ((slip === 'failed' || slip === 'unknown') && !local.slipPassed) return 'printer'
    return 'submitted'
  }
  if (v.card_left && !v.person && !v.matter && !v.identify) return 'card-left'
  if (v.person && !v.person.confirmed) return 'person'
  if (v.identify && !isRead(state)) return v.identify.document ? 'document' : 'card'
  if (v.matter) return v.matter.stop && !local.back ? 'stop' : ofStep[pageAt(v.matter, local.back).step]
  return local.at
}

/** A card was read and counts: what comes next is shown, although the reader's phase is still there. */
function isRead(state: State): boolean {
  const i = state.visit?.identify
  if (i?.phase !== 'read') return false
  if (i.for === 'applicant' || i.for === '') return state.visit?.person?.confirmed === true
  return state.visit?.matter?.signers?.find((s) => s.role === i.for)?.read === true
}
