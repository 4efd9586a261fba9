const $ = (id) => document.getElementById(id)
const faults = { duplicate: '每条送两遍', slow: '晚 3 秒送', offline: '断网（恢复后一起送）', deaf: '听不到叫号' }
const priorities = { '': '不优先', elderly: '老年人', disabled: '残疾人', military: '军人', appointment: '已预约' }
const kinds = { call: '请到', recall: '再请到', skip: '过号', finish: '办完', transfer: '转窗', hold: '挂起', requeue: '重新排队', leave: '离开' }
let priority = ''
let shown = ''

const el = (tag, text) => Object.assign(document.createElement(tag), { textContent: text })

function choose() {
  $('priorities').replaceChildren(
    ...Object.entries(priorities).map(([k, name]) => {
      const b = el('button', name)
      b.type = 'button'
      b.setAttribute('aria-pressed', String(k === priority))
      b.addEventListener('click', () => {
        priority = k
        choose()
        $('priorities').querySelector('[aria-pressed="true"]').focus()
      })
      return b
    }),
  )
}

async function take(code) {
  const res = await fetch('numbers', { method: 'POST', body: JSON.stringify({ category: code, priority }) })
  const s = await res.json()
  const slip = $('slip')
  slip.hidden = false
  if (!res.ok) return slip.replaceChildren(el('p', '没有取到号：今天这一类的号用完了，请到导办台。'))
  slip.replaceChildren(
    el('p', s.hall), el('b', s.no), el('p', `${s.category}，请到 ${s.zone} 等候`),
    el('p', `前面 ${s.waiting} 人，约 ${s.minutes} 分钟`), ...(s.priority ? [el('p', `优先：${priorities[s.priority]}`)] : []), el('p', s.at),
  )
  priority = ''
  choose()
  look()
}

async function look() {
  const s = await (await fetch('state')).json()
  const text = JSON.stringify(s)
  if (text === shown) return
  shown = text
  $('hall').textContent = s.setup.hall_name ? `${s.setup.hall_name} 取号` : '取号'
  $('hint').textContent = s.setup.categories ? '按要办的事取号，一个号只给一个人' : '正在连中心…'
  $('unsent').textContent = s.unsent ? `还有 ${s.unsent} 条没送到中心` : `送到中心 ${s.sent} 条`
  $('board').href = s.centre + (s.setup.board ?? '')
  $('categories').replaceChildren(
    ...(s.setup.categories ?? []).map((c) => {
      const b = document.createElement('button')
      b.type = 'button'
      b.dataset.code = c.code
      b.append(el('b', c.name), el('span', `${c.zone}，${c.waiting} 人在等，约 ${c.minutes} 分钟`))
      b.addEventListener('click', () => take(c.code))
      return b
    }),
  )
  $('windows').replaceChildren(
    ...(s.setup.windows ?? []).map((w) => {
      const li = document.createElement('li')
      const a = el('a', `${w.no} 窗口屏`)
      a.href = s.centre + w.display
      a.target = '_blank'
      a.rel = 'noopener'
      li.append(a)
      return li
    }),
  )
  $('calls').replaceChildren(...(s.calls ?? []).slice(-12).reverse().map((c) => el('li', `${c.no} ${kinds[c.kind] ?? c.kind} ${c.window}`)))
}

$('fault').addEventListener('change', () => fetch('faults', { method: 'POST', body: JSON.stringify({ fault: $('fault').value }) }))
const { fault: now, have } = await (await fetch('faults')).json()
for (const f of have) $('fault').add(new Option(faults[f] ?? f, f, false, f === now))
choose()
setInterval(look, 1000)
look()
