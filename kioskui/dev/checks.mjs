// The rules of every screen (每屏检查), run inside the page: smallest text, smallest target, nothing leaves its box, one
// strong button, five rail places in order, low reach. Returns sentences; an empty list is a pass.

/** @param {{min: number, low: boolean, rail: boolean, strong: boolean}} want */
export function inspect(want) {
  const out = []
  const seen = (el) => {
    const r = el.getBoundingClientRect()
    const s = getComputedStyle(el)
    return r.width > 0 && r.height > 0 && s.visibility !== 'hidden' && !el.closest('.visually-hidden')
  }
  const name = (el) => el.getAttribute('data-testid') || (el.textContent || '').trim().slice(0, 18) || el.className
  const scrim = document.querySelector('.scrim')
  const front = (el) => !scrim || scrim.contains(el) || el.closest('.rail')

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const el = n.parentElement
    if (!n.textContent.trim() || !el || el.closest('svg,script,style') || !seen(el)) continue
    const px = parseFloat(getComputedStyle(el).fontSize)
    if (px < want.min - 0.5) out.push(`text ${px}px < ${want.min}: ${name(el)}`)
    const range = document.createRange()
    range.selectNodeContents(n)
    const r = range.getBoundingClientRect()
    if (r.right > innerWidth + 1 || r.left < -1 || r.bottom > innerHeight + 1 || r.top < -1) out.push(`text leaves the screen: ${name(el)}`)
    const box = el.closest('button,.card,.note,.tag')
    if (box) {
      const b = box.getBoundingClientRect()
      if (r.right > b.right + 1 || r.left < b.left - 1 || r.bottom > b.bottom + 3 || r.top < b.top - 3) out.push(`text leaves its box: ${name(el)} in ${name(box)}`)
    }
  }
  const targets = [...document.querySelectorAll('button')].filter(seen)
  for (const b of targets) {
    const r = b.getBoundingClientRect()
    if (Math.min(r.width, r.height) < 60) out.push(`target ${Math.round(r.width)}×${Math.round(r.height)}: ${name(b)}`)
    if (r.right > innerWidth + 1 || r.bottom > innerHeight + 1 || r.left < -1 || r.top < -1) out.push(`target leaves the screen: ${name(b)}`)
    if (want.low && front(b) && r.top < innerHeight / 2 - 1) out.push(`low reach: ${name(b)} at ${Math.round(r.top)}`)
    if (front(b)) {
      const top = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2)
      if (top && !b.contains(top) && !top.contains(b)) out.push(`covered: ${name(b)} by ${name(top)}`)
    }
    if (b.scrollWidth > b.clientWidth + 1) out.push(`words leave the button: ${name(b)}`)
  }
  for (let i = 0; i < targets.length; i++) for (let j = i + 1; j < targets.length; j++) {
    const [a, b] = [targets[i], targets[j]]
    if (a.contains(b) || b.contains(a) || !front(a) || !front(b)) continue
    const [p, q] = [a.getBoundingClientRect(), b.getBoundingClientRect()]
    const w = Math.min(p.right, q.right) - Math.max(p.left, q.left)
    const h = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top)
    if (w > 2 && h > 2 && !(a.closest('.holder') && a.closest('.holder') === b.closest('.holder'))) out.push(`targets overlap: ${name(a)} / ${name(b)}`)
  }
  for (const el of document.querySelectorAll('.body,.dock,.card,.note')) {
    if (!seen(el)) continue
    if (el.scrollHeight > el.clientHeight + 4 && !el.querySelector(':scope svg.slip')) out.push(`content is higher than its box: ${el.className} by ${el.scrollHeight - el.clientHeight}`)
    if (el.scrollWidth > el.clientWidth + 4) out.push(`content is wider than its box: ${el.className} by ${el.scrollWidth - el.clientWidth}`)
  }
  const body = document.querySelector('.body')
  const dock = document.querySelector('.dock,.keys,.actions')
  if (body && dock) {
    const last = [...body.children].filter(seen).pop()
    if (last && last.getBoundingClientRect().bottom > dock.getBoundingClientRect().top + 2 && dock.getBoundingClientRect().height > 0) out.push('content runs into what is below it')
  }
  const strong = [...document.querySelectorAll('.btn.strong,[data-testid=strong]')].filter((b) => seen(b) && front(b))
  if (strong.length > 1) out.push(`${strong.length} strong buttons`)
  if (want.strong && strong.length !== 1) out.push('no strong button')
  if (want.rail) {
    const ids = [...document.querySelectorAll('.rail button')].map((b) => b.dataset.testid.replace('rail-', ''))
    const order = ids.join(' ')
    if (!/^help elderly language access( exit| speak)?$/.test(order)) out.push(`rail order: ${order}`)
  }
  return out
}
