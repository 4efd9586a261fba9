import { describe, expect, it } from 'vitest'
import { base, chen, done, matter, visit } from '../../dev/scenes/scenes'
import type { Matter, State, Visit } from '../gen/screen'
import { after, before, choose, frontier, pageAt, road, stepsOf, type Local } from './steps'

const local: Local = { at: 'home', back: undefined, rating: false, slipPassed: false, service: false }
const at = (v: Partial<Visit> | undefined, more: Partial<State> = {}): State => ({ ...base, ...more, visit: v ? { ...visit, ...v } : undefined })
const technician = { since: '10:24', number: 7, summary: '', testing: '', ask: '', devices: [], machine: { state: 'ok', word: '', line: '', checks: [] }, volume: -1 }
const answered: Matter = { ...matter, consented: true, answers: { card: 'social', who: 'self' }, ask: undefined, settled: true }

describe('choose', () => {
  const cases: [string, State | undefined, Partial<Local>, string][] = [
    ['nothing heard yet', undefined, {}, 'starting'],
    ['nobody there', at(undefined), {}, 'attract'],
    ['blocked', at(undefined, { blocked: { code: 'disk_full', title: '', message: '' } }), {}, 'blocked'],
    ['the technician knocks', at(undefined), { service: true }, 'service-code'],
    ['also at a terminal that serves nobody', at(undefined, { blocked: { code: 'disk_full', title: '', message: '' } }), { service: true }, 'service-code'],
    ['the technician is in', at(undefined, { service: technician, blocked: { code: 'service', title: '', message: '' } }), {}, 'technician'],
    ['a visit that runs is not cut off by a block', at({}, { blocked: { code: 'disk_full', title: '', message: '' } }), {}, 'home'],
    ['a visit began', at({}), {}, 'home'],
    ['the local place', at({}), { at: 'item' }, 'item'],
    ['waiting for a card', at({ identify: { phase: 'waiting', title: '', message: '', tries: 0, for: 'applicant' } }), { at: 'item' }, 'card'],
    ['waiting for a passport', at({ identify: { phase: 'ask', title: '', message: '', tries: 0, for: 'applicant', document: true } }), { at: 'item' }, 'document'],
    ['a passport was read', at({ person: { ...chen, confirmed: false }, identify: { phase: 'read', title: '', message: '', tries: 0, for: 'applicant', document: true } }), {}, 'person'],
    ['a card was read', at({ person: { ...chen, confirmed: false } }), {}, 'person'],
    ['confirmed', at({ person: chen }), {}, 'home'],
    ['consent first', at({ person: chen, matter }), {}, 'notice'],
    ['then questions', at({ person: chen, matter: { ...matter, consented: true } }), {}, 'question'],
    ['an answer that stops', at({ person: chen, matter: { ...answered, stop: '要办另一件事' } }), {}, 'stop'],
    ['back from the stop', at({ person: chen, matter: { ...answered, stop: '要办另一件事' } }), { back: { step: 'questions', id: 'who' } }, 'question'],
    ['then the form', at({ person: chen, matter: answered }), {}, 'form'],
    ['the same card again', at({ person: chen, identify: { phase: 'read', title: '', message: '', tries: 0, for: 'applicant' } }), {}, 'home'],
    ['a card was left', at({ card_left: true }), {}, 'card-left'],
    ['handed in', at({ done }), {}, 'submitted'],
    ['rating', at({ done }), { rating: true }, 'rating'],
    ['slip failed', at({ done: { ...done, slip: { state: 'failed', title: '', note: '' } } }), {}, 'printer'],
    ['slip unknown', at({ done: { ...done, slip: { state: 'unknown', title: '', note: '' } } }), {}, 'printer'],
    ['went on without', at({ done: { ...done, slip: { state: 'failed', title: '', note: '' } } }), { slipPassed: true }, 'submitted'],
  ]
  it.each(cases)('%s', (_, state, l, want) => expect(choose(state, { ...local, ...l })).toBe(want))

  it('goes on to the signature when the second signer was read', () => {
    const m: Matter = {
      ...answered, steps: ['sign', 'check'],
      signers: [{ role: 'spouse', label: '配偶', name: '周*远', statement: '', own_card: true, read: true, signed: false }],
    }
    expect(choose(at({ person: chen, matter: m, identify: { phase: 'read', title: '', message: '', tries: 0, for: 'spouse' } }), local)).toBe('sign')
    expect(choose(at({ person: chen, matter: m, identify: { phase: 'waiting', title: '', message: '', tries: 0, for: 'spouse' } }), local)).toBe('card')
  })
})

describe('road', () => {
  it('leaves out steps that the matter has not, exempt papers and questions not reached', () => {
    const m: Matter = {
      ...answered, steps: ['notice', 'form', 'materials', 'check'],
      materials: [{ ...matter.materials![0]!, need: 'exempt' }, { ...matter.materials![1]!, need: 'required' }],
    }
    expect(stepsOf(m)).toEqual(['notice', 'form', 'materials', 'check'])
    expect(road(m).map((p) => `${p.step}:${p.id}`)).toEqual(['notice:', 'form:live', 'form:phone', 'form:bank', 'materials:photo', 'check:'])
  })

  it('stands where something is missing, also after a reload', () => {
    expect(frontier(answered)).toEqual({ step: 'form', id: 'live' })
    expect(frontier({ ...answered, group_done: { live: true, phone: true, bank: true } })).toEqual({ step: 'materials', id: 'hukou' })
  })

  it('goes back without losing and never beyond the frontier', () => {
    expect(before(answered, { step: 'form', id: 'live' })).toEqual({ step: 'questions', id: 'who' })
    expect(after(answered, { step: 'questions', id: 'who' })).toEqual({ step: 'form', id: 'live' })
    expect(pageAt(answered, { step: 'questions', id: 'card' })).toEqual({ step: 'questions', id: 'card' })
    expect(pageAt(answered, { step: 'sign', id: 'applicant' })).toEqual({ step: 'form', id: 'live' })
    expect(pageAt(answered, { step: 'questions', id: 'gone' })).toEqual({ step: 'form', id: 'live' })
  })
})
