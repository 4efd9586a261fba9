// The citizen's screen (签字评价屏): shows what the counter says, sends what the citizen writes or presses, keeps nothing.
const main = document.getElementById('main')
const levels = [
  [5, '非常满意', 'M30 58 q18 22 36 0'],
  [4, '满意', 'M32 60 q16 12 32 0'],
  [3, '基本满意', 'M32 64 h32'],
  [2, '不满意', 'M32 68 q16 -12 32 0'],
  [1, '非常不满意', 'M30 72 q18 -22 36 0'],
]
let shown = ''
let thanks = 0

function el(tag, props = {}, ...inside) {
  const e = Object.assign(document.createElement(tag), props)
  e.append(...inside)
  return e
}

function paint(kind, ...inside) {
  main.className = kind
  main.dataset.kind = kind
  main.replaceChildren(...inside)
}

async function send(body) {
  try {
    const res = await fetch('/pad/answer', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
    if (res.ok) {
      thanks = Date.now() + 2500
      paint('thanks', el('h1', { className: 'centre', textContent: body.refused ? '好的，请告诉工作人员' : '好了，谢谢您' }))
      setTimeout(() => last && draw(last), 2600)
      return ''
    }
    return (await res.json()).message
  } catch {
    return '没有送到，请再按一次'
  }
}

function sign(v) {
  const canvas = el('canvas')
  const note = el('p', { role: 'alert' })
  const strokes = []
  let stroke
  let began = 0
  const fit = () => {
    const r = canvas.getBoundingClientRect()
    canvas.width = r.width * devicePixelRatio
    canvas.height = r.height * devicePixelRatio
    const c = canvas.getContext('2d')
    c.scale(devicePixelRatio, devicePixelRatio)
    c.lineCap = c.lineJoin = 'round'
    c.strokeStyle = '#000'
    for (const s of strokes) for (let i = 0; i < s.length; i++) line(s[Math.max(i - 1, 0)], s[i])
  }
  const line = (a, b) => {
    const c = canvas.getContext('2d')
    c.lineWidth = 2.5 + 3 * b[3]
    c.beginPath()
    c.moveTo(a[0], a[1])
    c.lineTo(b[0], b[1])
    c.stroke()
  }
  const point = (e) => {
    const r = canvas.getBoundingClientRect()
    began ||= e.timeStamp
    return [e.clientX - r.left, e.clientY - r.top, Math.round(e.timeStamp - began), e.pressure || 0.5]
  }
  canvas.addEventListener('pointerdown', (e) => {
    canvas.setPointerCapture(e.pointerId)
    stroke = [point(e)]
    strokes.push(stroke)
    line(stroke[0], stroke[0])
  })
  canvas.addEventListener('pointermove', (e) => {
    if (!stroke) return
    for (const one of e.getCoalescedEvents?.() ?? [e]) {
      const p = point(one)
      line(stroke.at(-1), p)
      stroke.push(p)
    }
  })
  const up = () => (stroke = undefined)
  canvas.addEventListener('pointerup', up)
  canvas.addEventListener('pointercancel', up)
  const clear = () => {
    strokes.length = 0
    note.textContent = ''
    if (v.pad) void fetch('/pad/clear', { method: 'POST' })
    fit()
  }
  // What is written on the signature pad is shown as it comes; who writes on the screen instead is not disturbed by it.
  let written = 0
  const hint = el('span', { textContent: v.pad ? '请用签名板上的笔签名' : v.who ? `请 ${v.who} 在这里签名` : '请在这里签名' })
  const follow = async () => {
    if (!canvas.isConnected) return
    try {
      const p = await (await fetch('/pad/ink')).json()
      hint.textContent = p.there ? '请用签名板上的笔签名' : '签名板没有接好，请在这里签名'
      const n = p.strokes.flat().length
      if (!strokes.length && n !== written) {
        written = n
        fit()
        const r = canvas.getBoundingClientRect()
        const k = Math.min(r.width / p.width, r.height / p.height)
        for (const s of p.strokes) for (let i = 0; i < s.length; i++) line(...[s[Math.max(i - 1, 0)], s[i]].map(([x, y, t, f]) => [x * k, y * k, t, f]))
      }
    } catch {
      hint.textContent = '请在这里签名'
    }
    setTimeout(follow, 100)
  }
  const done = el('button', { className: 'primary', textContent: '签好了' })
  done.dataset.testid = 'pad-done'
  done.onclick = async () => {
    if (!strokes.length && !written) return void (note.textContent = v.pad ? '请先签名' : '请先在框里签名')
    done.disabled = true
    const r = canvas.getBoundingClientRect()
    note.textContent = await send(strokes.length ? { id: v.id, width: Math.round(r.width), height: Math.round(r.height), strokes } : { id: v.id, pad: true })
    done.disabled = false
  }
  const box = el('div', { className: 'box' }, hint, canvas)
  paint(
    'sign',
    el('h1', { textContent: v.title || '请签名' }),
    el('p', { className: 'text', textContent: v.text ?? '', tabIndex: 0 }),
    box,
    el('div', { className: 'row' }, el('button', { textContent: '先不签', onclick: () => void send({ id: v.id, refused: true }) }), note, el('button', { textContent: '擦掉重写', onclick: clear }), done),
  )
  requestAnimationFrame(fit)
  if (v.pad) void follow()
}

function face(mouth) {
  const t = document.createElement('template')
  t.innerHTML = `<svg viewBox="0 0 96 96" aria-hidden="true"><circle cx="48" cy="48" r="42"/><path d="M34 36 v6 M62 36 v6"/><path d="${mouth}"/></svg>`
  return t.content.firstElementChild
}

function rate(v) {
  const note = el('p', { role: 'alert' })
  const row = el('div', { className: 'rates' })
  for (const [level, word, mouth] of levels) {
    const b = el('button', {}, face(mouth), word)
    b.dataset.level = level
    b.onclick = async () => (note.textContent = await send({ id: v.id, level }))
    row.append(b)
  }
  paint('rate', el('h1', { textContent: v.title || '这次服务您满意吗' }), row, el('div', { className: 'row' }, note, el('button', { textContent: '先不评价', onclick: () => void send({ id: v.id, refused: true }) })))
}

function draw(v) {
  document.getElementById('name').textContent = v.name ?? ''
  document.getElementById('desk').textContent = v.desk ? `${v.desk} 窗口` : ''
  switch (v.kind) {
    case 'sign':
      return sign(v)
    case 'rate':
      return rate(v)
    case 'show':
      return paint('show', el('h1', { textContent: v.title }), el('ul', { className: 'lines' }, ...(v.lines ?? []).map((l) => el('li', { textContent: l }))))
    case 'code':
      return paint('code', el('h1', { className: 'centre', textContent: '工作人员请输入配对码' }), el('p', { className: 'centre code', id: 'code', textContent: v.code }))
    default:
      return paint('idle', el('h1', { className: 'centre', textContent: '您好，请坐' }), el('p', { className: 'centre', textContent: '要签名或评价时，会显示在这里' }))
  }
}

let last
function take(v) {
  const text = JSON.stringify(v)
  last = v
  if (text === shown && main.dataset.kind !== 'away') return // what the citizen has begun to write stays
  shown = text
  if (v.kind === 'idle' && Date.now() < thanks) return // the thanks stay for a moment
  draw(v)
}

const events = new EventSource('/pad/events')
events.onmessage = (e) => take(JSON.parse(e.data))
events.onerror = () => paint('away', el('h1', { className: 'centre away', textContent: '签字屏没有连上，请告诉工作人员' }))
