import { onBeforeUnmount, reactive } from 'vue'

/** Whether the centre answers, and how fast (能不能连上): known before the first citizen comes, not when the first case fails. */
export function useReach() {
  const reach = reactive<{ tone: 'none' | 'good' | 'warn' | 'bad'; words: string }>({ tone: 'none', words: '正在连' })
  const slow = 1500

  async function look() {
    const from = performance.now()
    try {
      await fetch('/sso/api/v1/state', { signal: AbortSignal.timeout(8000) }) // an answer of any kind will do
      const took = Math.round(performance.now() - from)
      Object.assign(reach, took > slow ? { tone: 'warn', words: `较慢，${(took / 1000).toFixed(1)} 秒` } : { tone: 'good', words: '正常' })
    } catch {
      Object.assign(reach, { tone: 'bad', words: '连不上，正在重试' })
    }
  }
  void look()
  const timer = window.setInterval(() => void look(), 10_000)
  onBeforeUnmount(() => clearInterval(timer))
  return reach
}
