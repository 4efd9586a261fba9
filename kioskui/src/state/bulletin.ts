import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** How much a part of the page holds, in rem (能放多少): measured, since panels, views, notes and the number of columns all differ. */
export function useRoom(box: Ref<HTMLElement | undefined>): { width: Ref<number>; height: Ref<number> } {
  const width = ref(0)
  const height = ref(0)
  const measure = (): void => {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16
    width.value = (box.value?.clientWidth ?? 0) / rem
    height.value = (box.value?.clientHeight ?? 0) / rem
  }
  const observer = typeof ResizeObserver === 'function' ? new ResizeObserver(measure) : undefined
  watch(
    box,
    (now, before) => {
      if (before) observer?.unobserve(before)
      if (now) observer?.observe(now)
      measure()
    },
    { flush: 'post' },
  )
  onScopeDispose(() => observer?.disconnect())
  return { width, height }
}

/**
 * Pages of a room that also holds the keys that turn them, where there is more than one (翻页). One page is tried without them first, so
 * that what fits is never on two pages because of the keys. Before anything was measured everything is on one.
 */
export function turned<T>(room: number, keys: number, pages: (room: number) => T[]): T[] {
  if (room <= 0) return pages(Infinity)
  const whole = pages(room)
  return whole.length > 1 ? pages(room - keys) : whole
}

/** Puts things of different height on pages of one height; each page has at least one. */
export function onPages<T>(all: T[], room: number, gap: number, heightOf: (t: T) => number): T[][] {
  const pages: T[][] = []
  let used = 0
  for (const t of all) {
    const h = heightOf(t)
    if (!pages.length || used + gap + h > room) {
      pages.push([t])
      used = h
    } else {
      pages[pages.length - 1]!.push(t)
      used += gap + h
    }
  }
  return pages
}

/**
 * Splits a text into pages of so many lines of so many characters (分页). It breaks behind a sentence where there is one on the page,
 * and keeps the paragraphs that were written.
 */
export function textPages(text: string, perLine: number, lines: number): string[] {
  const pages: string[] = []
  let page = ''
  let left = lines
  const turn = (): void => {
    if (page.trim()) pages.push(page.trim())
    page = ''
    left = lines
  }
  for (const para of text.split('\n')) {
    let rest = [...para]
    if (!rest.length) {
      if (page && left > 0) {
        page += '\n'
        left--
      }
      continue
    }
    while (rest.length) {
      if (left <= 0) turn()
      const fits = left * perLine
      if (rest.length <= fits) {
        page += rest.join('') + '\n'
        left -= Math.ceil(rest.length / perLine)
        break
      }
      const end = sentence(rest, fits)
      if (end === 0 && page) {
        turn() // no sentence ends on what is left of this page: it begins on the next one
        continue
      }
      page += rest.slice(0, end || fits).join('')
      rest = rest.slice(end || fits)
      turn()
    }
  }
  turn()
  return pages.length ? pages : ['']
}

/** Where the last sentence ends within n characters, 0 for none. */
function sentence(chars: string[], n: number): number {
  for (let i = n; i > 0; i--) if (/[。！？；!?;]/.test(chars[i - 1]!)) return i
  return 0
}
