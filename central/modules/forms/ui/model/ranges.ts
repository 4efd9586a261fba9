// Whole numbers from a to b as one pattern (整数范围): entries are strings, so a range is a pattern that means the same in the browser and
// in Go. No look-around, no leading zeros.

const nines = (n: number, digits: number) => Number(String(n).slice(0, -digits) + '9'.repeat(digits))
const zeros = (n: number, digits: number) => n - (n % 10 ** digits) - 1

/** Ends of runs in which only trailing digits differ: 1–9, 10–49, 50–50. */
function stops(from: number, to: number): number[] {
  const out = new Set([to])
  for (let d = 1, s = nines(from, d); s >= from && s <= to; d++, s = Number(String(from).slice(0, -d) + '9'.repeat(d))) {
    out.add(s)
    if (d > String(from).length) break
  }
  for (let d = 1, s = zeros(to + 1, d); s > from && s <= to; d++, s = zeros(to + 1, d)) out.add(s)
  return [...out].sort((a, z) => a - z)
}

function run(from: number, to: number): string {
  const a = String(from)
  const z = String(to)
  let out = ''
  let any = 0
  for (let i = 0; i < a.length; i++) {
    if (a[i] === z[i]) out += a[i]
    else if (a[i] === '0' && z[i] === '9') any++
    else out += Number(z[i]) - Number(a[i]) === 1 ? `[${a[i]}${z[i]}]` : `[${a[i]}-${z[i]}]`
  }
  return out + (any ? '[0-9]' + (any > 1 ? `{${any}}` : '') : '')
}

export function rangePattern(from: number, to: number): string {
  const parts: string[] = []
  let at = from
  for (let len = String(from).length; len <= String(to).length; len++) {
    // one length of number at a time, so that digits stand below each other
    const end = Math.min(to, 10 ** len - 1)
    for (const stop of stops(at, end)) {
      if (stop < at) continue
      parts.push(run(at, stop))
      at = stop + 1
    }
  }
  return `^(${parts.join('|')})$`
}
