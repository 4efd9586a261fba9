// Solves the centre's puzzles without the person noticing (安全验证): no picture, nothing to read or type. It is plain code
// and not WebCrypto, which browsers withhold on a plain-HTTP address in an office network. It works in slices of a few
// milliseconds, so that the page stays alive under a screen reader too.

export interface Puzzle {
  token: string
  rounds: number
  bits: number
  expires: string
}

const K = new Int32Array(64)
const START = new Int32Array(8)

// The constants of FIPS 180-4: the first 32 bits of the fractional parts of roots of the first primes.
{
  let n = 0
  for (let p = 2; n < 64; p++) {
    let prime = true
    for (let d = 2; d * d <= p; d++) if (p % d === 0) prime = false
    if (!prime) continue
    const frac = (x: number) => ((x - Math.floor(x)) * 0x100000000) | 0
    if (n < 8) START[n] = frac(Math.sqrt(p))
    K[n++] = frac(Math.cbrt(p))
  }
}

const W = new Int32Array(64)

/** compress mixes one block of 64 bytes at `at` into `h`. */
function compress(h: Int32Array, block: Uint8Array, at: number) {
  for (let i = 0; i < 16; i++) {
    const j = at + i * 4
    W[i] = (block[j]! << 24) | (block[j + 1]! << 16) | (block[j + 2]! << 8) | block[j + 3]!
  }
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15]!
    const y = W[i - 2]!
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    W[i] = (W[i - 16]! + s0 + W[i - 7]! + s1) | 0
  }
  let [a, b, c, d, e, f, g, k] = h as unknown as [number, number, number, number, number, number, number, number]
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (k + s1 + ((e & f) ^ (~e & g)) + K[i]! + W[i]!) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    k = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  const sums = [a, b, c, d, e, f, g, k]
  for (let i = 0; i < 8; i++) h[i] = (h[i]! + sums[i]!) | 0
}

/** hasher keeps what the prefix makes of the state, so that each try costs one or two blocks. */
function hasher(prefix: string) {
  const head = new TextEncoder().encode(prefix)
  const whole = head.length - (head.length % 64)
  const mid = Int32Array.from(START)
  for (let at = 0; at < whole; at += 64) compress(mid, head, at)
  const rest = head.subarray(whole)
  const tail = new Uint8Array(128)
  const h = new Int32Array(8)
  return (digits: string) => {
    tail.fill(0)
    tail.set(rest)
    let n = rest.length
    for (let i = 0; i < digits.length; i++) tail[n++] = digits.charCodeAt(i)
    tail[n] = 0x80
    const blocks = n + 9 > 64 ? 2 : 1
    const bits = (whole + n) * 8
    new DataView(tail.buffer).setUint32(blocks * 64 - 4, bits)
    h.set(mid)
    for (let i = 0; i < blocks; i++) compress(h, tail, i * 64)
    return h
  }
}

/** sha256Head is the first 32 bits of SHA-256, for the tests. */
export const sha256Head = (text: string) => hasher('')(text)[0]! >>> 0

const breath = () => new Promise<void>((go) => setTimeout(go))

/** solve returns what to send along; it may be cancelled. */
export async function solve(p: Puzzle, signal?: AbortSignal): Promise<string> {
  const numbers: number[] = []
  let slice = performance.now()
  for (let round = 0; round < p.rounds; round++) {
    const hash = hasher(`${p.token}:${round}:`)
    for (let n = 0; ; n++) {
      if (p.bits === 0 || hash(String(n))[0]! >>> (32 - p.bits) === 0) {
        numbers.push(n)
        break
      }
      if (n % 64 === 0 && performance.now() - slice > 12) {
        await breath()
        signal?.throwIfAborted()
        slice = performance.now()
      }
    }
  }
  return `${p.token}~${numbers.join(',')}`
}

/** asked says whether a problem's code means: solve and try again. */
export const asked = (code: string) => code === 'challenge.required' || code === 'challenge.unsolved'

/** answer fetches a puzzle for a purpose and solves it. `who` is the login or number that will be sent along. */
export async function answer(purpose: string, who = '', signal?: AbortSignal): Promise<string> {
  const q = new URLSearchParams({ purpose })
  if (who) q.set('for', who)
  const res = await fetch('/api/public/v1/challenge?' + q, { signal })
  if (!res.ok) throw new Error('challenge ' + res.status)
  return solve((await res.json()) as Puzzle, signal)
}
