import { computed, onScopeDispose, ref, watchEffect } from 'vue'
import { session } from './session'

export type Frame = 'portrait' | 'landscape'

const size = ref({ w: window.innerWidth, h: window.innerHeight })

/** The panel as it is; the terminal's own word on its orientation is only a hint that a test window may contradict. */
export const frame = computed<Frame>(() => (size.value.w > size.value.h ? 'landscape' : 'portrait'))

/** 坐着操作 moves targets only where half a screen is out of reach: on a desk panel everything is low already. */
export const low = computed(() => session.prefs.value.low_reach && frame.value === 'portrait')
export const elderly = computed(() => session.prefs.value.elderly)
export const english = computed(() => session.prefs.value.language === 'en')

/** Scale from the panel's dpi, 1 to 1.25: the two smallest type sizes grow with it, so that a capital letter stays 4.8 mm high. */
export const scale = computed(() => Math.min(1.25, Math.max(1, session.state.value?.terminal.scale || 1)))

/** A dense desk panel: type has grown, so a screen holds less. */
export const dense = computed(() => frame.value === 'landscape' && scale.value > 1.1)

/** rem in pixels: the design is drawn for 1080 × 1920 and 1920 × 1080, other panels get it enlarged or reduced. */
export function rootPx(w: number, h: number): number {
  const fit = w > h ? Math.min(w / 1920, h / 1080) : Math.min(w / 1080, h / 1920)
  return 16 * fit
}

/** Puts frame, view, contrast and reach on the root element; only CSS reads them. */
export function useFrame(): void {
  const onResize = (): void => {
    size.value = { w: window.innerWidth, h: window.innerHeight }
  }
  window.addEventListener('resize', onResize)
  onScopeDispose(() => window.removeEventListener('resize', onResize))
  watchEffect(() => {
    const root = document.documentElement
    const p = session.prefs.value
    root.dataset.frame = frame.value
    root.dataset.view = p.elderly ? 'elderly' : 'normal'
    root.dataset.contrast = p.contrast ? 'high' : 'normal'
    root.dataset.reach = low.value ? 'low' : 'normal'
    root.lang = p.language === 'en' ? 'en' : 'zh-CN'
    root.style.fontSize = `${rootPx(size.value.w, size.value.h)}px`
    root.style.setProperty('--dense', String(scale.value))
  })
}
