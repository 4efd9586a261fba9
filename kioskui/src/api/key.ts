/**
 * Idempotency keys (防重复): one per deed, kept while the deed is not known to have happened, so that a call sent again
 * after a broken answer does it once. crypto.randomUUID exists in secure contexts only; the plain loopback page of an
 * older engine falls back to random bytes.
 */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

const open = new Map<string, string>()

/** The key for a deed: the same one until settle is called. */
export function keyFor(deed: string): string {
  let key = open.get(deed)
  if (!key) {
    key = newKey()
    open.set(deed, key)
  }
  return key
}

/** The deed was answered: the next press is another deed. */
export function settle(deed: string): void {
  open.delete(deed)
}

/** Nothing of a visit outlives it, not even the fingerprints of its calls. */
export function forgetKeys(): void {
  open.clear()
}
