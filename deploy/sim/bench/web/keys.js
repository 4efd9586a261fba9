// Shortcuts. Single keys work only while no text is typed and no input method is composing.
import { $, el, kbd } from './dom.js'

export function bind(list) {
  const bar = list.filter(k => k.bar).map(k => el('span', {}, kbd(k.show || k.key), k.bar))
  $('keys').replaceChildren(...bar, el('button', { type: 'button', onclick: help }, kbd('?'), ' 全部快捷键'))
  $('help-list').replaceChildren(...[...list, { show: '?', what: '这张表' }].flatMap(k => [el('dt', {}, kbd(k.show || k.key)), el('dd', {}, k.what || k.bar)]))
  document.onkeydown = e => {
    if (e.isComposing || e.ctrlKey || e.altKey || e.metaKey || e.repeat || $('help').open) return
    const t = e.target, typing = t.matches('input:not([type=checkbox]), textarea, select')
    if (typing) { if (e.key === 'Escape') t.blur(); return }
    if (e.key === '?') return help()
    const hit = list.find(k => k.match ? k.match(e.key) : k.key.toLowerCase() === e.key.toLowerCase())
    if (!hit || (e.key === ' ' && t.matches('button, a'))) return // a focused button keeps its own space bar
    e.preventDefault()
    hit.run(e.key)
  }
}

function help() { $('help').showModal() }
