import { computed, reactive, ref, watch } from 'vue'
import { act, session } from './session'
import { asRefusal, Refusal } from '../api/problem'
import type { Field, Matter } from '../gen/screen'
import { cellsOf, dropLine, entries, isChoice, isRows, limitOf, maxLines, minLines, sheetsOf, unpack, type Sheet, type Typed } from './form'
import { nav, page, stay, stepBack, stepOn } from './nav'

/** The line of repeated ones that is being filled in (正在填的一条). */
interface Line {
  field: Field
  at: number
  sub: number
  fresh: boolean // begun by 再加一个: going back out of it empty takes it away
}

/**
 * The form of the matter in hand (填表): what is being typed lives here and nowhere else, one screen at a time. Every screen
 * is tried with the agent, which knows the rules; its words about fields that were not asked yet are kept for later.
 */
export function useEntry(per: () => number) {
  const m = computed(() => session.matter.value as Matter)
  const typed = reactive<Typed>({})
  const counts = reactive<Record<string, number>>({}) // lines of each repeated field
  const errors = reactive<Record<string, string>>({})
  const problem = ref<Refusal>()
  const busy = ref(false)
  const sub = ref(0)
  const focus = ref('')
  const line = ref<Line>()

  const groupId = computed(() => page.value?.id ?? '')
  const all = computed<Sheet[]>(() => (m.value?.groups ?? []).flatMap((g) => sheetsOf(g, per())))
  const mine = computed(() => all.value.filter((s) => s.group.id === groupId.value))
  const outer = computed<Sheet | undefined>(() => mine.value[Math.min(sub.value, mine.value.length - 1)])
  const no = computed(() => (outer.value ? all.value.indexOf(outer.value) + 1 : 0))
  /** The screens of one line, as if its columns were a group of their own. */
  const inner = computed<Sheet[]>(() => {
    const l = line.value
    return l && outer.value ? sheetsOf({ ...outer.value.group, fields: cellsOf(l.field, l.at) }, per()) : []
  })
  const sheet = computed<Sheet | undefined>(() => (line.value ? inner.value[Math.min(line.value.sub, inner.value.length - 1)] : outer.value))
  const rows = computed<Field | undefined>(() => (line.value ? undefined : outer.value?.fields.find(isRows)))

  // Groups that come up later hold what the agent has of them; what was typed before stays.
  const known = new Set<string>()
  watch(
    () => m.value?.groups,
    (groups) => {
      for (const g of groups ?? []) {
        for (const f of g.fields ?? []) {
          if (known.has(f.name)) continue
          known.add(f.name)
          counts[f.name] = unpack(f, m.value.values?.[f.name], typed)
        }
      }
    },
    { immediate: true },
  )

  /** The first field that is empty gets the keyboard; a screen that is all filled shows none until one is pressed. */
  function enter(): void {
    const f = sheet.value?.fields.find((x) => !isChoice(x) && !isRows(x) && !typed[x.name])
    focus.value = f?.name ?? ''
    if (rows.value && !counts[rows.value.name] && minLines(m.value, rows.value) > 0) addLine()
  }
  watch(sheet, (now, before) => now?.fields[0]?.name !== before?.fields[0]?.name && enter(), { immediate: true })

  const field = computed<Field | undefined>(() => sheet.value?.fields.find((f) => f.name === focus.value))
  const write = (name: string, value: string): void => {
    const f = sheet.value?.fields.find((x) => x.name === name)
    typed[name] = f && !isChoice(f) ? [...value].slice(0, limitOf(m.value, f)).join('') : value
    delete errors[name]
    delete errors[name.split('/')[0]!]
  }

  function addLine(): void {
    const f = rows.value
    if (!f || (counts[f.name] ?? 0) >= maxLines(m.value, f)) return
    delete errors[f.name]
    counts[f.name] = (counts[f.name] ?? 0) + 1
    line.value = { field: f, at: counts[f.name]! - 1, sub: 0, fresh: true }
  }
  function openLine(at: number): void {
    if (rows.value) line.value = { field: rows.value, at, sub: 0, fresh: false }
  }
  function removeLine(at: number): void {
    const f = rows.value
    if (!f) return
    const n = counts[f.name] ?? 0
    dropLine(f, typed, at, n)
    counts[f.name] = n - 1
    for (const name of Object.keys(errors)) if (name.startsWith(`${f.name}/`) || name === f.name) delete errors[name]
  }

  async function next(): Promise<void> {
    const s = outer.value
    if (!s || busy.value) return
    // A state may arrive while the call is under way and rebuild the sheets: the place is kept as a number.
    const at = Math.min(sub.value, mine.value.length - 1)
    const within = line.value
    if (within) stay({ step: 'form', id: s.group.id }) // a line that is right does not end the group
    busy.value = true
    problem.value = undefined
    try {
      await act('matter/form', { group: s.group.id, values: entries(m.value, s.group, typed, counts) })
      if (within) lineDone(within, [])
      else {
        sub.value = 0
        stepOn({ step: 'form', id: s.group.id })
      }
    } catch (cause) {
      const r = asRefusal(cause)
      if (within && r.fields.length > 0) lineDone(within, r.fields)
      else refused(r, at)
    } finally {
      busy.value = false
    }
  }

  /** One line was tried: words about what was asked of it stop here, else its next screen comes, at last the list of lines. */
  function lineDone(l: Line, faults: Refusal['fields']): void {
    const asked = inner.value.slice(0, l.sub + 1).flatMap((x) => x.fields.map((f) => f.name))
    const first = faults.find((f) => asked.includes(f.field))
    for (const f of faults) if (asked.includes(f.field)) errors[f.field] = f.message
    if (first) {
      line.value = { ...l, sub: inner.value.findIndex((x) => x.fields.some((f) => f.name === first.field)), fresh: false }
      focus.value = first.field
    } else if (l.sub + 1 < inner.value.length) line.value = { ...l, sub: l.sub + 1 }
    else line.value = undefined
  }

  /** Words about fields of this screen or an earlier one stop here; those about later ones only mean that they come next. */
  function refused(r: Refusal, at: number): void {
    if (r.fields.length === 0) {
      problem.value = r
      return
    }
    const asked = new Set(mine.value.slice(0, at + 1).flatMap((x) => x.fields.map((f) => f.name)))
    const home = (name: string): string => name.split('/')[0]!
    const first = r.fields.find((f) => asked.has(home(f.field)))
    for (const f of r.fields) if (asked.has(home(f.field))) errors[f.field] = f.message
    if (first) {
      sub.value = mine.value.findIndex((x) => x.fields.some((f) => f.name === home(first.field)))
      focus.value = first.field
      openWrong(first.field)
    } else if (at + 1 < mine.value.length) sub.value = at + 1
    else problem.value = r
  }

  /** A wrong cell opens its line at the screen that asks for it. */
  function openWrong(path: string): void {
    const [name, no] = path.split('/')
    if (no === undefined || rows.value?.name !== name) return
    openLine(Number(no))
    line.value!.sub = Math.max(0, inner.value.findIndex((x) => x.fields.some((f) => f.name === path)))
    focus.value = path
  }

  /** 上一步 loses nothing: what was typed stays here for the whole step. A line that was begun and left empty is taken away. */
  function back(): void {
    const l = line.value
    if (l && l.sub > 0) {
      line.value = { ...l, sub: l.sub - 1 }
      return
    }
    if (l) {
      line.value = undefined
      if (l.fresh && cellsOf(l.field, l.at).every((c) => !typed[c.name]?.trim())) {
        dropLine(l.field, typed, l.at, counts[l.field.name] ?? 0)
        counts[l.field.name] = (counts[l.field.name] ?? 1) - 1
        if (counts[l.field.name] === 0 && minLines(m.value, l.field) > 0) leave() // there is no list to go back to
      }
      return
    }
    leave()
  }
  function leave(): void {
    if (sub.value > 0) {
      sub.value--
      return
    }
    const groups = m.value.groups ?? []
    const i = groups.findIndex((g) => g.id === groupId.value)
    const before = groups[i - 1]
    stepBack({ step: 'form', id: groupId.value })
    sub.value = before ? sheetsOf(before, per()).length - 1 : 0
  }
  watch(() => nav.fix, (fix) => fix && (sub.value = 0))
  watch(groupId, () => (line.value = undefined))

  return { m, typed, counts, errors, problem, busy, sheet, no, all, focus, field, rows, line, write, next, back, addLine, openLine, removeLine }
}
