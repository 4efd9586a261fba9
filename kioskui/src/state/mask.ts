/** How numbers are shown (遮挡与分组). Masks for people come masked from the agent; these are for what is being typed. */

/** 13908162150 → 139 0816 2150, also when unfinished. */
export function groupPhone(digits: string): string {
  return [digits.slice(0, 3), digits.slice(3, 7), digits.slice(7)].filter(Boolean).join(' ')
}

/** 510799199001010018 → 510799 19900101 0018, also when unfinished. */
export function groupId(number: string): string {
  return [number.slice(0, 6), number.slice(6, 14), number.slice(14)].filter(Boolean).join(' ')
}

/** Groups of four, as a bank card shows them. */
export function groupFours(digits: string): string {
  return digits.replace(/(.{4})(?=.)/g, '$1 ')
}

/** What a scrim leaves readable of a typed number: 139 **** **. */
export function veil(text: string): string {
  return text.slice(0, 3) + text.slice(3).replace(/[^\s]/g, '*')
}

/** 迪丽努尔·阿卜杜热依木 breaks after the dot, never inside a part if it fits. */
export function nameParts(name: string): string[] {
  return name.match(/[^·•・]+[·•・]?/gu) ?? [name]
}

/** YYYY-MM-DD → 2026年11月24日; anything else stays as it is. */
export function longDate(day: string): string {
  const m = /^(\d{4})-(\d{2})-(\d{2})/.exec(day)
  return m ? `${m[1]}年${Number(m[2])}月${Number(m[3])}日` : day
}

/** Full years of age on a day, both YYYY-MM-DD; undefined when the birth cannot be read. */
export function ageOn(birth: string, day: string): number | undefined {
  const b = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(birth)
  const d = /^(\d{4})-(\d{2})-(\d{2})/.exec(day)
  if (!b || !d) return undefined
  const had = `${d[2]}${d[3]}` >= `${b[2]}${b[3]}`
  return Number(d[1]) - Number(b[1]) - (had ? 0 : 1)
}
