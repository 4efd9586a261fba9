// The paper that came out, as pictures.
import { $, el, glyph } from './dom.js'
import { base } from './api.js'

let shown = 0, last = '', name = ''

export function reset(terminal) { shown = 0; last = ''; name = terminal }

export function draw(slips) {
  const now = JSON.stringify(slips)
  if (now === last) return
  const newest = slips.length && (last === '' || JSON.parse(last).length < slips.length)
  last = now
  if (newest) shown = slips.length
  $('slips').replaceChildren(...slips.slice(-30).reverse().map(item))
  picture(slips)
}

function item(s) {
  const at = new Date(s.at).toLocaleTimeString('zh-CN', { hour12: false })
  return el('li', { class: s.complete ? 'ok' : 'no' }, el('button', { type: 'button', 'aria-pressed': s.n === shown, onclick: () => { shown = s.n; const l = JSON.parse(last); last = ''; keepShown(l) } },
    el('b', {}, glyph(s.complete ? 'done' : 'torn'), `第 ${s.n} 张${s.complete ? (s.torn ? ' 已撕' : '') : ' 停在半张'}`),
    el('span', {}, s.complete ? `${at}，切了纸` : `${at}，${s.why}`)))
}

function keepShown(slips) { const n = shown; last = JSON.stringify(slips); shown = n; $('slips').replaceChildren(...slips.slice(-30).reverse().map(item)); picture(slips) }

function picture(slips) {
  const s = slips.find(x => x.n === shown), save = $('save')
  save.hidden = !s
  $('paper-meta').textContent = s ? `按收到的字节画，${s.width_px} 点宽，${s.bytes} 字节` : '按收到的字节画'
  if (!s) return $('slip').replaceChildren(el('p', {}, '还没有打出来的纸。'))
  const src = `${base(name)}/slips/${s.n}.png`
  save.href = src
  save.download = `${name}-slip-${s.n}.png`
  $('slip').replaceChildren(el('img', { src, alt: `第 ${s.n} 张凭条的图，${Math.round(s.height_px / 8)} 毫米长`, width: s.width_px, height: s.height_px, style: null }))
}
