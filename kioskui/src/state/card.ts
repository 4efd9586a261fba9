import { computed } from 'vue'
import { words } from '../i18n'
import { english } from './frame'
import { session } from './session'

export type Drawing = 'wait' | 'working' | 'wrong' | 'done' | 'off'

export const drawings: Record<string, Drawing> = {
  waiting: 'wait', reading: 'working', early: 'wrong', unreadable: 'wrong', unknown: 'wrong', noise: 'wrong', silent: 'off', down: 'off', read: 'done',
}

/** 身份证拿早了，请再放一次 → two lines, broken after the comma as people breathe. */
export function breathe(title: string): string[] {
  const at = title.search(/[，,]/)
  return at > 0 && at < title.length - 1 ? [title.slice(0, at + 1), title.slice(at + 1)] : [title]
}

export const sentences = (message: string): string[] => message.match(/[^。]+。?/g) ?? []

/** What the card screen says and draws (读证). Chinese words are the agent's when it gives some, because it knows the cause. */
export function useCard() {
  const identify = computed(() => session.visit.value?.identify)
  const phase = computed(() => identify.value?.phase ?? 'waiting')
  const place = computed(() => session.state.value?.terminal.positions?.idcard || '屏幕右下方')
  const signer = computed(() => {
    const role = identify.value?.for
    return role && role !== 'applicant' ? session.matter.value?.signers?.find((s) => s.role === role) : undefined
  })

  const own = computed((): { title: string[]; lead: string[] } => {
    const w = words.value
    switch (phase.value) {
      case 'reading':
        return { title: w.cardReading, lead: [w.cardReadingText] }
      case 'early':
        return { title: w.cardEarly, lead: w.cardEarlyText }
      case 'unreadable':
        return { title: w.cardUnreadable, lead: w.cardUnreadableText }
      case 'unknown':
        return { title: w.cardUnknown, lead: w.cardUnknownText }
      case 'noise':
        return { title: w.cardNoise, lead: w.cardUnreadableText }
      case 'silent':
        return { title: w.cardSilent, lead: w.cardSilentText }
      case 'down':
        return { title: w.cardDown, lead: w.cardDownText }
      case 'read':
        return { title: w.cardDone, lead: [] }
      default:
        return { title: signer.value ? breathe(w.cardFor(signer.value.name || signer.value.label)) : w.cardWaiting, lead: w.cardWaitingText(place.value) }
    }
  })
  const told = computed(() => (english.value || phase.value === 'waiting' ? undefined : identify.value))
  const title = computed(() => (told.value?.title ? breathe(told.value.title) : own.value.title))
  const lead = computed(() => (told.value?.message ? sentences(told.value.message) : own.value.lead))
  const drawing = computed<Drawing>(() => drawings[phase.value] ?? 'wait')
  const tries = computed(() => identify.value?.tries ?? 0)
  return { phase, title, lead, drawing, tries, signer }
}
