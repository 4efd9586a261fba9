import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import ClockStrip from './ClockStrip.vue'

const cells = (...states: string[]) => states.map((state, i) => ({ date: `2026-12-${String(i + 1).padStart(2, '0')}`, label: String(i + 1), state }))

describe('the clock strip', () => {
  it('draws one cell per day with the shape of its state', () => {
    const strip = mount(ClockStrip, { props: { cells: cells('used', 'suspended', 'today', 'left', 'beyond', 'over'), text: '余 2 工作日' } })
    expect(strip.findAll('i').map((i) => i.classes()[0])).toEqual(['used', 'suspended', 'today', 'left', 'beyond', 'over'])
  })

  it('says for screen readers what it shows, once', () => {
    const strip = mount(ClockStrip, { props: { cells: cells('left'), text: '余 1 工作日' } })
    expect(strip.attributes()).toMatchObject({ role: 'img', 'aria-label': '余 1 工作日' })
    expect(strip.findAll('.day').every((d) => d.attributes('aria-hidden') === 'true')).toBe(true)
  })

  it('numbers the days of the limit and leaves out suspended ones', () => {
    const strip = mount(ClockStrip, { props: { cells: cells('used', 'suspended', 'suspended', 'today', 'left'), size: 'page', text: '' } })
    expect(strip.findAll('.under').map((u) => u.text())).toEqual(['1', '', '', '2', '3'])
  })

  it('narrows its cells beyond thirty days', () => {
    expect(mount(ClockStrip, { props: { cells: cells(...Array<string>(31).fill('left')), text: '' } }).classes()).toContain('long')
    expect(mount(ClockStrip, { props: { cells: cells(...Array<string>(30).fill('left')), text: '' } }).classes()).not.toContain('long')
  })

  it('draws nothing where nothing runs', () => {
    expect(mount(ClockStrip, { props: { cells: [], text: '没有计时' } }).find('[role=img]').exists()).toBe(false)
  })
})
