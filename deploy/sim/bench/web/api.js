// The way to a terminal's control port, through the bench.
export const base = name => `/t/${encodeURIComponent(name)}`

async function answer(res) {
  const body = await res.json().catch(() => ({}))
  if (!res.ok) throw new Error(body.error || `${res.status}`)
  return body
}

export const terminals = async () => answer(await fetch('/terminals'))
export const get = async (name, path) => answer(await fetch(base(name) + path))
export const post = async (name, path, body) => answer(await fetch(base(name) + path, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
}))
