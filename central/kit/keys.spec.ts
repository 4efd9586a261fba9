import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { activeKeys, keyOf, press, typing, useKeys, working, type Key, type KeySet } from './keys'

const down = (init: KeyboardEventInit & { key: string }, target: HTMLElement = document.body) => {
  const e = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init })
  target.dispatchEvent(e)
  Object.defineProperty(e, 'target', { value: target })
  return e
}
const input = (type: string) => Object.assign(document.createElement('input'), { type })
const key = (k: string, more: Partial<Key> = {}): Key => ({ key: k, label: k, do: vi.fn(), ...more })
const set = (...keys: Key[]): KeySet => ({ keys, modal: false })

beforeEach(() => {
  activeKeys.sets = []
})

describe('names of keys', () => {
  it.each([
    [{ key: 'J' }, 'j'],
    [{ key: 'Enter', ctrlKey: true }, 'Ctrl+Enter'],
    [{ key: 'Enter', metaKey: true }, 'Ctrl+Enter'],
    [{ key: 'g', altKey: true }, 'Alt+g'],
    [{ key: '?', shiftKey: true }, '?'],
    [{ key: ' ' }, ' '],
  ])('%o is %s', (init, name) => expect(keyOf(new KeyboardEvent('keydown', init))).toBe(name))
})

describe('typing', () => {
  it.each([
    ['text', true],
    ['search', true],
    ['number', true],
    ['checkbox', false],
    ['radio', false],
  ])('in an input of type %s: %s', (type, is) => expect(typing(input(type))).toBe(is))

  it('keeps letters for the field and lets chords through', () => {
    const n = key('n')
    const chord = key('Ctrl+Enter', { always: true })
    expect(press(down({ key: 'n' }, input('text')), [set(n, chord)])).toBe(false)
    expect(press(down({ key: 'Enter', ctrlKey: true }, input('text')), [set(n, chord)])).toBe(true)
    expect(n.do).not.toHaveBeenCalled()
  })

  it('takes letters on a tick box, but leaves it its Space', () => {
    const j = key('j')
    const space = key(' ')
    expect(press(down({ key: 'j' }, input('checkbox')), [set(j, space)])).toBe(true)
    expect(press(down({ key: ' ' }, input('checkbox')), [set(j, space)])).toBe(false)
  })

  it('leaves Enter to a focused button, but not a chord', () => {
    const enter = key('Enter')
    const chord = key('Ctrl+Enter', { always: true })
    const button = document.createElement('button')
    expect(press(down({ key: 'Enter' }, button), [set(enter, chord)])).toBe(false)
    expect(press(down({ key: 'Enter', ctrlKey: true }, button), [set(enter, chord)])).toBe(true)
  })
})

describe('pressing', () => {
  it('is nothing while an input method composes', () => {
    const n = key('n', { always: true })
    expect(press(down({ key: 'n', isComposing: true }), [set(n)])).toBe(false)
    expect(press(down({ key: 'Process', keyCode: 229 }), [set(key('Process'))])).toBe(false)
    expect(n.do).not.toHaveBeenCalled()
  })

  it('counts a held key once, unless it only moves', () => {
    const decide = key('Ctrl+Enter', { always: true })
    const move = key('j', { repeat: true })
    const held = down({ key: 'Enter', ctrlKey: true, repeat: true })
    expect(press(held, [set(decide, move)])).toBe(false)
    expect(held.defaultPrevented).toBe(true)
    expect(press(down({ key: 'j', repeat: true }), [set(decide, move)])).toBe(true)
    expect(decide.do).not.toHaveBeenCalled()
  })

  it('goes to the newest set that has the key and may use it', () => {
    const page = key('Escape')
    const pane = key('Escape', { when: () => false })
    const dialog = key('Escape')
    expect(press(down({ key: 'Escape' }), [set(page), set(pane)])).toBe(true)
    expect(page.do).toHaveBeenCalledOnce()
    press(down({ key: 'Escape' }), [set(page), set(dialog)])
    expect(dialog.do).toHaveBeenCalledOnce()
    expect(page.do).toHaveBeenCalledOnce()
  })

  it('does not reach behind a modal set', () => {
    const n = key('n')
    expect(press(down({ key: 'n' }), [set(n), { keys: [key('Escape')], modal: true }])).toBe(false)
    expect(n.do).not.toHaveBeenCalled()
  })

  it('leaves alone what somebody else has taken', () => {
    const n = key('n')
    const e = down({ key: 'n' })
    e.preventDefault()
    expect(press(e, [set(n)])).toBe(false)
  })
})

describe('the key bar', () => {
  it('names each key once, the pane before the page, and only chords while typing', () => {
    const sets = [set(key('/'), key('Escape', { always: true, label: 'page' })), set(key('n'), key('Escape', { always: true, label: 'pane' }), key('x', { when: () => false }))]
    expect(working(sets, false).map((k) => k.label)).toEqual(['n', 'pane', '/'])
    expect(working(sets, true).map((k) => k.label)).toEqual(['pane'])
  })

  it('forgets the keys of a page that is left', () => {
    const Page = defineComponent({ setup: () => (useKeys([key('n')]), () => h('p')) })
    const page = mount(Page)
    expect(working(activeKeys.sets, false)).toHaveLength(1)
    page.unmount()
    expect(activeKeys.sets).toHaveLength(0)
  })
})
