const titles = { base: '基础数据', items: '事项管理', materials: '电子材料库', acceptance: '综合受办', seal: '电子签章', licences: '电子证照', partner: '跨域通办' }
const words = { '': '正常', outage: '停机', delay: '慢 3 秒', refuse: '拒收', duplicate: '重复', wrong: '答错', lost: '做了不答' }
const states = { 8: '部门受理', 11: '办结（通过）', 13: '办结（不通过）' }
const post = (path, body) => fetch(path, { method: 'POST', body: JSON.stringify(body) })
const box = document.getElementById('systems')
const { systems, have, faults } = await (await fetch('/faults')).json()
for (const s of ['*', ...systems]) {
  const label = document.createElement('label'), select = document.createElement('select')
  for (const f of ['', ...have]) select.add(new Option(words[f], f, false, faults[s] === f))
  select.onchange = async () => { await post('/faults', { system: s, fault: select.value }); if (s === '*') for (const o of box.querySelectorAll('select')) o.value = select.value }
  label.append(titles[s] ?? '全部一起', select)
  box.append(label)
}
document.getElementById('give').onsubmit = async (e) => {
  e.preventDefault()
  const f = new FormData(e.target), state = f.get('state')
  await post('/return', { projNo: f.get('projNo'), kind: state === '8' ? 'status' : 'result', handleState: state, handleStateName: states[state], text: states[state], by: '省级部门（仿真）' })
}
document.getElementById('plant').onsubmit = async (e) => {
  e.preventDefault()
  const f = new FormData(e.target)
  await post('/plant', { projNo: f.get('projNo'), field: f.get('field'), value: f.get('value'), why: '省里值班员改的（仿真）' })
}
async function show() {
  const s = await (await fetch('/state')).json()
  document.getElementById('count').textContent = `${s.cases.length} 件，挡下重复 ${s.heldBack} 条`
  document.getElementById('cases').replaceChildren(...s.cases.map((c) => {
    const tr = document.createElement('tr')
    for (const v of [c.projNo, c.provNo, c.fields.HANDLE_STATE?.value ?? '', c.messages, c.applied]) tr.insertCell().textContent = v
    return tr
  }))
}
await show()
setInterval(show, 3000)
