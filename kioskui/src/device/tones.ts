import { sound } from './speech'

/**
 * Sounds of the terminal (提示音): one high tone = read or accepted, two low = not accepted, one short = countdown. Each has a
 * twin on the screen, so a device without sound or a blocked audio context loses nothing.
 */
let context: AudioContext | undefined

interface Tone {
  hertz: number
  from: number // seconds
  long: number
}

const play = (tones: Tone[]): void => {
  if (sound.value.muted) return
  const loud = (sound.value.volume / 5) * 0.3
  try {
    context ??= new AudioContext()
    if (context.state === 'suspended') void context.resume()
    const start = context.currentTime
    for (const t of tones) {
      const osc = context.createOscillator()
      const gain = context.createGain()
      osc.frequency.value = t.hertz
      gain.gain.setValueAtTime(0, start + t.from)
      gain.gain.linearRampToValueAtTime(loud, start + t.from + 0.01)
      gain.gain.linearRampToValueAtTime(0, start + t.from + t.long)
      osc.connect(gain).connect(context.destination)
      osc.start(start + t.from)
      osc.stop(start + t.from + t.long + 0.05)
    }
  } catch {
    context = undefined // no sound device: the screen says it all
  }
}

export const accepted = (): void => play([{ hertz: 1320, from: 0, long: 0.16 }])
export const refused = (): void => play([{ hertz: 330, from: 0, long: 0.18 }, { hertz: 262, from: 0.24, long: 0.22 }])
export const tick = (): void => play([{ hertz: 880, from: 0, long: 0.1 }])
