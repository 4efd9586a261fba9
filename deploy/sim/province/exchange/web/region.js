const post = (path, body) => fetch(path, { method: 'POST', body: JSON.stringify(body) }).then(show)
const modes = { collect: '异地代收', online: '全程网办', joint: '多地联办' }
const places = { 500112000000: '重庆市渝北区', 520302000000: '遵义市红花岗区', 530102000000: '昆明市五华区', 510107000000: '成都市武侯区' }
const acts = [
  ['correction', '要求补正', { text: '材料缺一页', gaps: ['户口簿首页'] }], ['arrived', '收到纸件', {}], ['accepted', '受理', { days: 10 }], ['declined', '不予受理', { text: '不属于本地管辖' }],
  ['decided', '准予', { granted: true, text: '准予' }], ['posted', '寄出结果', { parcel: 'EM500000009CN' }], ['parcel', '结果签收', { code: 'delivered', text: '窗口签收' }], ['landed', '电子结果送达', {}],
]
document.getElementById('apply').onclick = () => post('/partner/apply', {})
document.getElementById('apply-paper').onclick = () => post('/partner/apply', { paper: true })
const row = (cells) => {
  const tr = document.createElement('tr')
  for (const v of cells) tr.insertCell().append(v)
  return tr
}
let last = ''
async function show() {
  const text = await (await fetch('/partner/state')).text()
  if (text === last) return
  last = text
  const s = JSON.parse(text)
  document.getElementById('held').textContent = `挡下重复 ${s.heldBack} 条`
  const at = (c) => places[c.region] ?? c.region
  document.getElementById('ours').replaceChildren(...s.cases.filter((c) => c.ours).map((c) => row([c.no, at(c), c.item, c.text, c.due])))
  document.getElementById('theirs').replaceChildren(...s.cases.filter((c) => !c.ours).map((c) => {
    const hands = document.createElement('span')
    for (const [kind, word, more] of acts) {
      const b = document.createElement('button')
      b.textContent = word
      b.setAttribute('aria-label', `${word} ${c.no}`)
      b.onclick = () => post('/partner/act', { no: c.no, kind, ...more })
      hands.append(b, ' ')
    }
    return row([c.no, at(c), c.item, modes[c.mode] ?? c.mode, c.pages, c.parcel, c.text, hands])
  }))
}
await show()
setInterval(show, 2000)
