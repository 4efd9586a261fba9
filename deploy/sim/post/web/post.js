const list = document.getElementById('list')
const fault = document.getElementById('fault')
const names = { delay: '停着不动', lost: '丢件', returned: '退回', duplicate: '轨迹发两遍', outage: '整个不通', refuse: '不收单' }

async function show() {
  const parcels = await (await fetch('/parcels')).json()
  list.replaceChildren(...parcels.map((p) => {
    const li = document.createElement('li')
    const code = document.createElement('code')
    code.textContent = p.parcel
    li.append(code, ` ${p.goods}：${p.last}`)
    return li
  }))
}
const now = await (await fetch('/faults')).json()
for (const f of now.have) fault.append(new Option(names[f] ?? f, f))
fault.value = now.fault
fault.addEventListener('change', () => fetch('/faults', { method: 'POST', body: JSON.stringify({ fault: fault.value }) }))
document.getElementById('step').addEventListener('click', async () => {
  await fetch('/step', { method: 'POST' })
  await show()
})
await show()
setInterval(show, 2000)
