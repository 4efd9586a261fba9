import { mount } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { CardView } from '../types'
import CardPane from './CardPane.vue'

const card = (state: string, acts: CardView['acts']) =>
  ({
    no: 'P-2026-0004', version: 3, level: 'red', level_text: '红牌', why: '承诺超期 1 日', item: '高龄津贴', applicant: '迪*提', case_no: 'MY1', state, state_text: state, rule: 'r', rule_words: 'w',
    issued_at: '2026-12-07T10:00:00+08:00', acts, found: [], steps: [], clock: { strip: [] }, reply_due: '2026-12-08T17:00:00+08:00',
  }) as unknown as CardView

function pane(state: string, acts: CardView['acts']) {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:at(.*)*', component: { template: '<i/>' } }] })
  return mount(CardPane, { props: { card: card(state, acts) }, global: { plugins: [router] } })
}
const chosen = (w: ReturnType<typeof pane>) => w.findAll('input[type=radio]').filter((r) => (r.element as HTMLInputElement).checked).map((r) => r.attributes('data-testid'))

test('cancelling a card is never what stands chosen', () => {
  expect(chosen(pane('accepted', ['cancel', 'close']))).toEqual(['act-close'])
  expect(chosen(pane('replied', ['accept', 'return', 'cancel']))).toEqual(['act-accept'])
  const only = pane('issued', ['cancel'])
  expect(chosen(only)).toEqual([])
  expect(only.find('[data-testid=act-cancel]').exists()).toBe(true)
  expect(only.find('[data-testid=card-go]').exists()).toBe(false)
})

test('what was written for one act does not go out as another when the card moves', async () => {
  const sent = vi.spyOn(globalThis, 'fetch')
  const w = pane('replied', ['accept', 'return', 'cancel'])
  await w.find('[data-testid=card-text]').setValue('情况属实')
  await w.setProps({ card: card('accepted', ['cancel', 'close']) })
  expect(chosen(w)).toEqual([])
  expect(w.find('[data-testid=card-moved]').text()).toContain('重新选')
  expect(w.find('[data-testid=card-go]').exists()).toBe(false)
  await w.find('form').trigger('submit')
  expect(sent).not.toHaveBeenCalled()
  await w.find('[data-testid=act-close]').setValue(true)
  expect((w.find('[data-testid=card-text]').element as HTMLTextAreaElement).value).toBe('情况属实')
  expect(w.find('[data-testid=card-moved]').exists()).toBe(false)
})

test('with nothing written the next act stands ready', async () => {
  const w = pane('replied', ['accept', 'return', 'cancel'])
  await w.setProps({ card: card('accepted', ['cancel', 'close']) })
  expect(chosen(w)).toEqual(['act-close'])
})
