import { ref, watch } from 'vue'
import { progress as ask } from '../api/client'
import { asRefusal, Refusal } from '../api/problem'
import type { Progress } from '../gen/screen'
import { session } from './session'

/** The answer to 查进度 of this visit; wiped with it. */
export const asked = {
  answer: ref<Progress>(),
  problem: ref<Refusal>(),
  busy: ref(false),
}

watch(() => session.visitId.value, forget)
watch(() => session.person.value?.id, forget)

export function forget(): void {
  asked.answer.value = undefined
  asked.problem.value = undefined
}

/** Asks for one case by number and check code, or for all of the person identified. Says whether there is an answer. */
export async function askBy(digits = '', code = ''): Promise<boolean> {
  if (asked.busy.value) return false
  asked.busy.value = true
  asked.problem.value = undefined
  try {
    asked.answer.value = await ask(digits ? `MY${digits}` : '', code)
    return true
  } catch (cause) {
    asked.problem.value = asRefusal(cause)
    return false
  } finally {
    asked.busy.value = false
  }
}

/** 26112600100175 → 261126 001 0017 5, also when unfinished. */
export function groupNo(digits: string): string {
  return [digits.slice(0, 6), digits.slice(6, 9), digits.slice(9, 13), digits.slice(13)].filter(Boolean).join(' ')
}
