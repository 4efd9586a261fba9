// The devices of one terminal: state words, cards, papers and fault buttons. Built once, then only changed, so that
// focus and typed values stay.
import { el, kbd, set, say, glyph } from './dom.js'

const steps = { find: '寻卡时', select: '选卡时', read: '读卡时', sam: '问模块时' }

export function build(state, act) {
  const parts = state.devices.map(d => section(d, act))
  return { node: el('div', {}, ...parts.map(p => p.node)), update: s => s.devices.forEach((d, i) => parts[i]?.update(d)) }
}

function section(d, act) {
  const updates = []
  const word = el('span', { class: 'word', role: 'status' })
  const meta = el('span', { class: 'meta' })
  const body = [el('header', {}, el('h2', { id: `dev-${d.kind}` }, d.name), meta, word)]
  let told = ''
  updates.push(s => {
    say(meta, [s.protocol, d.kind === 'receipt' ? `${s.detail.width_mm} mm` : '', ...s.ports.map(p => p.path)].filter(Boolean).join(' · '))
    meta.title = meta.textContent
    if (told !== s.word + s.level) { told = s.word + s.level; word.className = `word ${s.level}`; word.replaceChildren(glyph(s.level), s.word) }
  })
  if (d.cards) body.push(cards(d, act, updates))
  if (d.kind === 'receipt') body.push(roll(updates), papers(d, act, updates, true))
  else if (d.papers) body.push(papers(d, act, updates, false))
  body.push(faults(d, act, updates))
  return { node: el('section', { class: 'dev', 'aria-labelledby': `dev-${d.kind}` }, ...body), update: s => updates.forEach(f => f(s)) }
}

function age(birth) {
  const now = new Date(), b = [birth.slice(0, 4), birth.slice(4, 6), birth.slice(6, 8)].map(Number)
  return now.getFullYear() - b[0] - (now.getMonth() + 1 < b[1] || (now.getMonth() + 1 === b[1] && now.getDate() < b[2]) ? 1 : 0)
}

function cards(d, act, updates) {
  const buttons = d.cards.map((c, i) => el('button', {
    type: 'button', class: 'card', 'data-key': c.key, 'aria-pressed': c.on, title: c.name,
    onclick: e => act.card(e.currentTarget.getAttribute('aria-pressed') === 'true' ? 'none' : c.key),
  }, el('b', {}, c.name), el('span', {}, `${c.tail} ${c.sex} ${age(c.birth)}`), el('span', {}, c.label), i < 9 ? kbd(String(i + 1)) : null))
  updates.push(s => s.cards.forEach((c, i) => set(buttons[i], 'aria-pressed', c.on)))
  return el('div', { class: 'cards', role: 'group', 'aria-label': '放哪张卡' }, ...buttons)
}

function roll(updates) {
  const bar = el('meter', { min: 0, max: 100, low: 10, optimum: 100, 'aria-label': '纸卷还剩百分之' }), left = el('span')
  updates.push(s => {
    set(bar, 'value', s.detail.paper_percent)
    say(left, `${s.detail.paper_percent}% · ${(s.detail.paper_mm / 1000).toFixed(s.detail.paper_mm < 5000 ? 1 : 0)} m`)
  })
  return el('div', { class: 'roll' }, el('span', {}, '纸卷'), bar, left)
}

function papers(d, act, updates, printer) {
  const buttons = d.papers.map(p => el('button', {
    type: 'button', 'aria-pressed': printer ? null : p.on, onclick: () => act.paper(d.kind, p.key),
  }, p.label, p.key === 'tear' ? kbd('T') : null))
  if (!printer) updates.push(s => s.papers.forEach((p, i) => set(buttons[i], 'aria-pressed', p.on)))
  return el('div', { class: 'choices', role: 'group', 'aria-label': printer ? '纸' : '镜头下放什么' }, ...buttons)
}

function faults(d, act, updates) {
  const bound = d.faults.some(f => f.at)
  const at = bound ? el('select', { 'aria-label': '故障出在哪一步' }, el('option', { value: '' }, '哪一步都行'),
    ...d.faults.find(f => f.at).at.map(s => el('option', { value: s }, steps[s] || s))) : null
  const nodes = d.faults.map(f => {
    const value = valueField(f)
    const button = el('button', {
      type: 'button', class: 'fault', 'aria-pressed': f.act ? null : 'false', 'data-fault': f.name,
      onclick: e => {
        const on = e.currentTarget.getAttribute('aria-pressed') !== 'true'
        act.fault({ device: d.kind, fault: f.name, on, value: on && value ? Number(value.value) : 0, at: on && f.at && at ? at.value : '' }, f)
      },
    }, f.label, f.key ? kbd(f.key) : null)
    if (!f.act) updates.push(s => set(button, 'aria-pressed', s.pressed.some(p => p.fault === f.name)))
    return value ? el('span', { class: 'with' }, button, value) : button
  })
  return el('div', { class: 'faults', role: 'group', 'aria-label': `${d.name}的故障` }, ...nodes, at)
}

function valueField(f) {
  if (f.options) {
    return el('select', { 'aria-label': `${f.label}：${f.value}` }, ...f.options.map(o => el('option', { value: o.value, selected: o.value === f.default }, o.label)))
  }
  return f.value ? el('input', { type: 'number', min: f.min ?? 0, max: f.max, value: f.default, 'aria-label': `${f.label}：${f.value}`, title: f.value }) : null
}
