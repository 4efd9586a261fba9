import { askBlob, Problem } from '@kiosk/kit/api'
import { onBeforeUnmount, ref, watch, type Ref } from 'vue'
import type { Act, Case } from './types'

/** The paper of an act before the act (样张): drawn anew when the writing pauses; never an older one over a newer. */
export interface Sample {
  paper?: Blob
  /** Why there is none, or why the one that lies there is behind the words, for the clerk. */
  why?: string
}

const pause = 300

export function useSample(item: Ref<Case>, act: Act, body: Ref<Record<string, unknown>>, ready: Ref<string | undefined>) {
  const sample = ref<Sample>({})
  let timer = 0
  let flight: AbortController | undefined

  async function draw() {
    flight?.abort()
    const mine = (flight = new AbortController())
    try {
      const paper = await askBlob(`/api/staff/v1/window/cases/${item.value.no}/preview/${act}`, { method: 'POST', body: body.value, signal: mine.signal })
      if (mine === flight) sample.value = { paper }
    } catch (e) {
      if (mine !== flight) return
      sample.value = { paper: sample.value.paper, why: e instanceof Problem && e.status === 422 ? e.message : '样张没有画出来，不影响办理；正式文书按下之后再出' }
    }
  }
  watch(
    [() => JSON.stringify(body.value), ready],
    () => {
      clearTimeout(timer)
      if (ready.value) {
        flight?.abort()
        flight = undefined
        sample.value = { paper: sample.value.paper, why: '写完就出样张：' + ready.value }
        return
      }
      timer = window.setTimeout(() => void draw(), sample.value.paper ? pause : 0)
    },
    { immediate: true },
  )
  onBeforeUnmount(() => {
    clearTimeout(timer)
    flight?.abort()
  })
  return sample
}
