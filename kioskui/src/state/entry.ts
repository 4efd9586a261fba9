import { computed, reactive, ref, watch } from 'vue'
import { act, session } from './session'
import { asRefusal, Refusal } from '../api/problem'
import type { Field, Matter } from '../gen/screen'
import { entries, isChoice, limitOf, sheetsOf, toTyped, type Sheet } from './form'
import { nav, page, stepBack, stepOn } from './nav'

/**
 * The form of the matter in hand (填表): what is being typed lives here and nowhere else, one screen at a time. Every screen
 * is tried with the agent, which knows the rules; its words about fields that were not asked yet are kept for later.
 */
export function useEntry(per: () => number) {
  const m = computed(() => session.matter.value as Matter)
  const typed = reactive<Record<string, string>>({})
  const errors = reactive<Record<string, string>>({})
  const problem = ref<Refusal>()
  const busy = ref(false)
  const sub = ref(0)
  const focus = ref('')

  const groupId = computed(() => page.value?.id ?? '')
  const all = computed<Sheet[]>(() => (m.value?.groups ?? []).flatMap((g) => sheetsOf(g, per())))
  const mine = computed(() => all.value.filter((s) => s.group.id === groupId.value))
  const sheet = computed<Sheet | undefined>(() => mine.value[Math.min(sub.value, mine.value.length - 1)])
  const no = computed(() => (sheet.value ? all.value.indexOf(sheet.value) + 1 : 0))

  for (const g of m.value?.groups ?? []) for (const f of g.fields ?? []) typed[f.name] = toTyped(f, m.value.values?.[f.name])

  /** The first field that is empty gets the keyboard; a screen that is all filled shows none until one is pressed. */
  function enter(): void {
    const f = sheet.value?.fields.find((x) => !isChoice(x) && !typed[x.name])
    focus.value = f?.name ?? ''
  }
  watch(sheet, (now, before) => now?.fields[0]?.name !== before?.fields[0]?.name && enter(), { immediate: true })

  const field = computed<Field | undefined>(() => sheet.value?.fields.find((f) => f.name === focus.value))
  const write = (name: string, value: string): void => {
    const f = sheet.value?.fields.find((x) => x.name === name)
    typed[name] = f ? [...value].slice(0, limitOf(m.value, f)).join('') : value
    delete errors[name]
  }

  async function next(): Promise<void> {
    const s = sheet.value
    if (!s || busy.value) return
    // A state may arrive while the call is under way and rebuild the sheets: the place is kept as a number.
    const at = Math.min(sub.value, mine.value.length - 1)
    busy.value = true
    problem.value = undefined
    try {
      await act('matter/form', { group: s.group.id, values: entries(m.value, s.group, typed) })
      sub.value = 0
      stepOn({ step: 'form', id: s.group.id })
    } catch (cause) {
      refused(asRefusal(cause), at)
    } finally {
      busy.value = false
    }
  }

  /** Words about fields of this screen or an earlier one stop here; those about later ones only mean that they come next. */
  function refused(r: Refusal, at: number): void {
    if (r.fields.length === 0) {
      problem.value = r
      return
    }
    const asked = new Set(mine.value.slice(0, at + 1).flatMap((x) => x.fields.map((f) => f.name)))
    const first = r.fields.find((f) => asked.has(f.field))
    for (const f of r.fields) if (asked.has(f.field)) errors[f.field] = f.message
    if (first) {
      sub.value = mine.value.findIndex((x) => x.fields.some((f) => f.name === first.field))
      focus.value = first.field
    } else if (at + 1 < mine.value.length) sub.value = at + 1
    else problem.value = r
  }

  /** 上一步 loses nothing: what was typed stays here for the whole step. */
  function back(): void {
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

  return { m, typed, errors, problem, busy, sheet, no, all, focus, field, write, next, back }
}
