// Small hands for the page.
export const $ = id => document.getElementById(id)

// el makes an element; text goes in as text, never as markup.
export function el(tag, attrs = {}, ...kids) {
  const n = document.createElement(tag)
  for (const [k, v] of Object.entries(attrs)) {
    if (v === null || v === undefined || v === false) continue
    if (k.startsWith('on')) n.addEventListener(k.slice(2), v)
    else n.setAttribute(k, v === true ? '' : v)
  }
  n.append(...kids.filter(k => k !== null && k !== undefined))
  return n
}

export const kbd = k => el('kbd', { 'aria-hidden': 'true' }, k)

// set changes an attribute only when it differs, so that live regions speak once.
export function set(n, name, value) {
  if (n.getAttribute(name) !== String(value)) n.setAttribute(name, value)
}
export function say(n, text) { if (n.textContent !== text) n.textContent = text }

// glyph draws the shape beside a state word: the shape tells the state without its colour.
const shapes = {
  good: '<circle cx="7" cy="7" r="4.5" fill="currentColor"/>',
  busy: '<path d="M7 1.5 12.5 7 7 12.5 1.5 7Z" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M7 1.5v11L1.5 7Z" fill="currentColor"/>',
  warn: '<path d="M7 1.5 13 12.5H1Z" fill="#F4B400" stroke="currentColor" stroke-width="1.4"/>',
  bad: '<rect x="1.5" y="1.5" width="11" height="11" rx="2" fill="currentColor"/><path d="M7 4v4M7 9.6v1" stroke="#fff" stroke-width="1.6"/>',
  idle: '<circle cx="7" cy="7" r="4.5" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.4 1.6"/>',
  done: '<circle cx="7" cy="7" r="6" fill="currentColor"/><path d="m4 7.2 2 2 4-4.2" stroke="#fff" stroke-width="1.6" fill="none"/>',
  torn: '<circle cx="7" cy="7" r="6" fill="currentColor"/><path d="m4.6 4.6 4.8 4.8m0-4.8-4.8 4.8" stroke="#fff" stroke-width="1.6"/>',
  screen: '<rect x="1" y="2" width="12" height="8" rx="1" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M4.5 12.5h5" stroke="currentColor" stroke-width="1.4"/>',
}
export function glyph(name, size = 14) {
  const s = el('span', { 'aria-hidden': 'true' })
  s.innerHTML = `<svg width="${size}" height="${size}" viewBox="0 0 14 14">${shapes[name]}</svg>`
  return s.firstChild
}
