// The bench: one terminal at a time, everything live.
import { $, el, say, glyph } from './dom.js'
import * as api from './api.js'
import * as devices from './devices.js'
import * as stream from './stream.js'
import * as slips from './slips.js'
import * as screen from './screen.js'
import { bind } from './keys.js'

let all = [], at = 0, state, panel, shape = '', soon

const me = () => all[at].name
const device = kind => state?.devices.find(d => d.kind === kind)
const pressed = (kind, fault) => device(kind)?.pressed.some(p => p.fault === fault)

async function attempt(f) {
  try {
    await f()
    $('trouble').hidden = true
  } catch (e) {
    $('trouble').hidden = false
    say($('trouble'), `没做成：${e.message}`)
  }
  refresh()
}

const act = {
  card: person => attempt(() => api.post(me(), '/card', { person })),
  paper: (kind, paper) => attempt(() => api.post(me(), '/paper', { device: kind, paper })),
  fault: (order, spec) => attempt(async () => {
    const once = $('once').checked && order.on && !spec?.act && order.fault !== 'cut'
    await api.post(me(), '/faults', once ? { ...order, times: 1 } : order)
    if (once) $('once').checked = false
  }),
  clear: () => attempt(() => api.post(me(), '/faults', { clear: true })),
}
const toggle = (kind, fault) => device(kind) && act.fault({ device: kind, fault, on: !pressed(kind, fault) }, {})

async function refresh() {
  const name = me()
  try {
    const [s, p] = await Promise.all([api.get(name, '/state'), api.get(name, '/slips')])
    if (name !== me()) return
    state = s
    const now = name + s.devices.map(d => d.kind)
    if (now !== shape) {
      shape = now
      panel = devices.build(s, act)
      $('sections').replaceChildren(panel.node)
      stream.filters(s.devices)
    }
    panel.update(s)
    slips.draw(p)
    mainAct()
    if ($('trouble').dataset.lost) { $('trouble').hidden = true; delete $('trouble').dataset.lost }
  } catch {
    $('trouble').hidden = false
    $('trouble').dataset.lost = '1'
    say($('trouble'), `${name} 的仿真外设没有回应。看看 tongban-sim terminal 是不是停了；起来以后这里自己接上。`)
  }
}

// mainAct is the one act that the state asks for.
function mainAct() {
  const b = $('main-act')
  const [text, key, run] = pressed('receipt', 'cover') ? ['合上盖子', 'C', () => toggle('receipt', 'cover')]
    : pressed('idcard', 'cut') ? ['插回身份证机', 'U', () => toggle('idcard', 'cut')]
    : device('receipt')?.detail.paper_mm === 0 ? ['换新纸卷', 'P', () => act.paper('receipt', 'roll')]
    : device('idcard')?.detail.card !== undefined && device('idcard').detail.card !== 'none' ? ['拿走卡', '9', () => act.card('none')]
    : ['撕纸', 'T', () => act.paper('receipt', 'tear')]
  if (b.dataset.text !== text) { b.dataset.text = text; b.replaceChildren(text, key === '9' ? '' : ' ', key === '9' ? '' : el('kbd', { 'aria-hidden': 'true' }, key)) }
  b.onclick = run
  b.hidden = !device('receipt') && text === '撕纸'
}

function choose(i) {
  at = (i + all.length) % all.length
  const t = all[at]
  say($('place'), `终端 ${t.name}（仿真）`)
  document.title = `${t.name} 外设台架（仿真）`
  $('terminals').querySelectorAll('button').forEach((b, n) => b.setAttribute('aria-current', n === at))
  slips.reset(t.name)
  screen.show(t)
  stream.open(t.name, () => { clearTimeout(soon); soon = setTimeout(refresh, 60) })
  history.replaceState(null, '', `#${t.name}`)
  refresh()
}

function tick() {
  say($('now'), new Date().toLocaleString('zh-CN', { month: 'numeric', day: 'numeric', weekday: 'short', hour: '2-digit', minute: '2-digit', hour12: false }))
}

async function start() {
  all = await api.terminals()
  $('terminals').replaceChildren(...all.map((t, i) => el('li', {}, el('button', { type: 'button', onclick: () => choose(i) }, glyph('screen', 22), t.name))))
  $('find').addEventListener('input', e => stream.search(e.target.value))
  $('pause').onclick = stream.pause
  $('reset').onclick = act.clear
  $('turn').onclick = screen.turn
  bind([
    { show: '1–9', match: k => /^[1-9]$/.test(k), bar: '放卡 / 拿走', run: k => { const c = device('idcard')?.cards[k - 1]; if (c) act.card(c.on ? 'none' : c.key) } },
    { key: 'T', bar: '撕纸', run: () => device('receipt') && act.paper('receipt', 'tear') },
    { key: 'C', bar: '开盖 / 合盖', run: () => toggle('receipt', 'cover') },
    { key: 'P', what: '换新纸卷', run: () => device('receipt') && act.paper('receipt', 'roll') },
    { key: 'U', bar: '拔线 / 插回', run: () => toggle('idcard', 'cut') },
    { key: ' ', show: '空格', bar: '停住字节', run: stream.pause },
    { key: '0', bar: '全部复原', run: act.clear },
    { key: '/', what: '在字节里找', run: () => $('find').focus() },
    { key: '[', show: '[ ]', match: k => k === '[' || k === ']', bar: all.length > 1 ? '换终端' : '', what: '换终端', run: k => choose(at + (k === ']' ? 1 : -1)) },
  ])
  tick()
  setInterval(tick, 10_000)
  setInterval(refresh, 1500)
  choose(Math.max(0, all.findIndex(t => t.name === decodeURIComponent(location.hash.slice(1)))))
}
start()
