import { computed, onScopeDispose, ref } from 'vue'
import { call, frameUrl, preview as askPreview } from '../api/client'
import type { Capture, MaterialState, Preview } from '../gen/screen'
import { useDeed } from './deed'
import { accepted, refused } from '../device/tones'
import { page, stepBack, stepOn } from './nav'
import { act, session } from './session'
import { road } from './steps'

/** How often the live picture is asked for, in milliseconds; the camera gives about this many. */
const pace = 350

export type ScanView = 'live' | 'taken' | 'refused' | 'kept'

/** One paper under the camera (扫描): live picture, the page as it will be sent, three checks, retake, later. */
export function useScan() {
  const deed = useDeed()
  const code = page.value?.id ?? ''
  const material = computed<MaterialState | undefined>(() => session.matter.value?.materials?.find((x) => x.code === code))
  const papers = computed(() => (session.matter.value ? road(session.matter.value).filter((p) => p.step === 'materials') : []))
  const no = computed(() => papers.value.findIndex((p) => p.id === code) + 1)
  const pages = computed(() => material.value?.pages ?? [])
  const glass = computed(() => session.state.value?.glass === true)
  const adding = ref(false)
  const shot = ref<Capture>()
  const live = ref<Preview>()
  const frame = ref('')

  const view = computed<ScanView>(() => {
    if (shot.value) return shot.value.ok ? 'taken' : 'refused'
    return pages.value.length > 0 && !adding.value ? 'kept' : 'live'
  })

  let timer = 0
  let stopped = false
  async function look(): Promise<void> {
    if (stopped) return
    if (!glass.value && (view.value === 'live' || view.value === 'refused')) {
      try {
        const p = await askPreview()
        if (p.rev !== live.value?.rev) frame.value = p.verdict === 'down' ? '' : frameUrl(p.rev)
        live.value = p
      } catch {
        live.value = undefined // said as 高拍仪没有应答
        frame.value = ''
      }
    }
    if (!stopped) timer = window.setTimeout(look, pace)
  }
  void look()
  onScopeDispose(() => {
    stopped = true
    clearTimeout(timer)
  })

  async function shoot(): Promise<void> {
    const c = await deed.guard('capture', () => call('matter/capture', { material: code }, session.visitId.value))
    if (!c) return
    shot.value = c
    if (c.ok) accepted()
    else refused()
  }
  async function keep(): Promise<void> {
    const id = shot.value?.page?.id
    if (!id) return
    const before = pages.value.length
    if (!(await deed.run('matter/keep', { material: code, page: id }))) return
    shot.value = undefined
    adding.value = false
    // A paper of one page is finished with it; one of many asks whether there is another.
    if ((material.value?.max_pages ?? 1) <= 1 && before === 0) next()
  }
  async function retake(): Promise<void> {
    const id = shot.value?.page?.id
    shot.value = undefined
    adding.value = true
    if (id) await deed.guard('drop', () => act('matter/drop', { material: code, page: id }))
  }
  const drop = (id: string) => deed.run('matter/drop', { material: code, page: id })
  async function later(): Promise<void> {
    if (await deed.run('matter/defer', { material: code, on: true })) next()
  }
  const back = (): void => {
    if (adding.value && pages.value.length > 0) adding.value = false
    else stepBack({ step: 'materials', id: code })
  }
  const next = (): void => stepOn({ step: 'materials', id: code })
  const canDefer = computed(() => (material.value?.defer_days ?? 0) > 0 || material.value?.need === 'deferrable')
  const addPage = (): void => void (adding.value = true)

  return { ...deed, material, papers, no, pages, shot, live, frame, view, glass, canDefer, shoot, keep, retake, drop, later, back, next, addPage }
}
