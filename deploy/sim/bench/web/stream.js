// The bytes: live, at most 500 lines, can be stopped and searched.
import { $, el, say } from './dom.js'
import { base } from './api.js'

const keep = 500
let source, all = [], device = '', words = '', paused = false

const shows = l => (!device || l.device === device) && (!words || `${l.hex} ${l.hex.replaceAll(' ', '')} ${l.meaning}`.toLowerCase().includes(words))

function row(l) {
  const way = { 'to-device': ['→', 'to'], 'from-device': ['←', 'from'], act: ['手', 'act'] }[l.dir]
  const t = new Date(l.at), two = n => String(n).padStart(2, '0')
  const time = `${two(t.getMinutes())}:${two(t.getSeconds())}.${String(t.getMilliseconds()).padStart(3, '0')}`
  return el('li', { class: `${way[1]} ${l.level === 'bad' ? 'bad' : ''}` }, el('time', { datetime: l.at }, time), el('span', { class: 'way', title: { to: '主机 → 设备', from: '设备 → 主机', act: '人手' }[way[1]] }, way[0]),
    el('div', {}, l.hex ? el('code', {}, l.hex) : '', l.hex && l.bytes > 20 ? ` ${l.bytes} 字节` : '', el('p', {}, l.meaning)))
}

function redraw() {
  const list = $('lines'), seen = all.filter(shows)
  list.replaceChildren(...(seen.length ? seen.map(row) : [el('li', { class: 'none' }, words || device ? '没有这样的字节。' : '线上还没有字节。放一张卡试试。')]))
  list.scrollTop = list.scrollHeight
}

export function open(name, onLine) {
  source?.close()
  all = []
  redraw()
  source = new EventSource(`${base(name)}/trace`)
  source.onmessage = e => {
    const l = JSON.parse(e.data)
    all.push(l)
    if (all.length > keep) all.shift()
    onLine(l)
    if (paused || !shows(l)) return
    const list = $('lines'), atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60
    list.querySelector('.none')?.remove()
    list.append(row(l))
    while (list.children.length > keep) list.firstChild.remove()
    if (atEnd) list.scrollTop = list.scrollHeight
  }
}

export function filters(devices) {
  const make = (kind, label) => el('button', { type: 'button', 'aria-pressed': device === kind, onclick: e => {
    device = kind
    for (const b of $('filters').children) b.setAttribute('aria-pressed', b === e.currentTarget)
    redraw()
  } }, label)
  $('filters').replaceChildren(make('', '全部'), ...devices.map(d => make(d.kind, d.name)))
}

export function pause() {
  paused = !paused
  $('pause').setAttribute('aria-pressed', paused)
  say($('pause').lastChild, paused ? ' 停住了' : ' 停住')
  if (!paused) redraw()
}

export function search(text) { words = text.trim().toLowerCase(); redraw() }
