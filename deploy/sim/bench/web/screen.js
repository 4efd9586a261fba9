// The kiosk's own screen in a frame, scaled to the pane.
import { $, el } from './dom.js'

let frame, bezel, tall = true

export function show(t) {
  document.querySelector('.frame').classList.toggle('no-screen', !t.screen)
  $('stage').replaceChildren()
  frame = null
  if (!t.screen) return
  $('screen-title').textContent = `${t.name} 的屏幕`
  bezel = el('div', { class: 'bezel' })
  frame = el('iframe', { src: t.screen, title: `${t.name} 的屏幕` })
  $('stage').append(bezel, frame)
  fit()
}

export function turn() { tall = !tall; fit() }

function fit() {
  if (!frame) return
  const [w, h] = tall ? [1080, 1920] : [1920, 1080], s = $('stage'), edge = 10
  const k = Math.min((s.clientWidth - 4 * edge) / w, (s.clientHeight - 4 * edge) / h)
  const x = (s.clientWidth - w * k) / 2, y = (s.clientHeight - h * k) / 2
  Object.assign(frame.style, { width: `${w}px`, height: `${h}px`, transform: `translate(${x}px, ${y}px) scale(${k})` })
  Object.assign(bezel.style, { left: `${x - edge}px`, top: `${y - edge}px`, width: `${w * k + 2 * edge}px`, height: `${h * k + 2 * edge}px` })
}
new ResizeObserver(fit).observe($('stage'))
