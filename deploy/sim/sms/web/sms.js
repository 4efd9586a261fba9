const list = document.getElementById('list')
const fault = document.getElementById('fault')
const names = { slow: '很慢', error: '出错 500', refuse: '拒绝号码', duplicate: '重复送达', lost: '丢失', mute: '收了不答', dead: '空号' }
let shown = ''

async function look() {
  const text = await (await fetch('messages')).text()
  if (text === shown) return
  shown = text
  list.replaceChildren(
    ...JSON.parse(text)
      .reverse()
      .map((m) => {
        const li = document.createElement('li')
        const time = document.createElement('time')
        time.textContent = new Date(m.at).toLocaleTimeString('zh-CN')
        const phone = document.createElement('b')
        phone.textContent = m.phone
        const words = document.createElement('div')
        words.textContent = m.text
        li.append(time, phone, words)
        return li
      }),
  )
}

fault.addEventListener('change', () => fetch('faults', { method: 'POST', body: JSON.stringify({ fault: fault.value }) }))
document.getElementById('clear').addEventListener('click', () => fetch('messages', { method: 'DELETE' }).then(look))
const { fault: now, have } = await (await fetch('faults')).json()
for (const f of have) fault.add(new Option(names[f] ?? f, f, false, f === now))
setInterval(look, 1000)
look()
