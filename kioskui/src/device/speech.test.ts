import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { State } from '../gen/screen'
import { take } from '../state/session'
import { canSpeak, hasVoice, hush, say, sentences, wordsOf } from './speech'

const said: { text: string }[] = []
let free: (() => void)[] = []

function state(change: Partial<State> = {}, muted = false): State {
  return { rev: ++rev, voice: { ready: true, sound: { volume: 3, muted: false } }, visit: { id: 'v1', sound: { volume: 3, muted } }, ...change } as unknown as State
}
let rev = 0

beforeEach(() => {
  said.length = 0
  free = []
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    expect(path).toBe('/api/visit/say')
    said.push(JSON.parse(init.body as string) as { text: string })
    await new Promise<void>((done) => free.push(done))
    return new Response('{}')
  })
})
const settle = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) {
    free.splice(0).forEach((f) => f())
    await new Promise((r) => setTimeout(r, 0))
  }
}

describe('what is said', () => {
  test('lines are broken by the look, sentences by the meaning', () => {
    expect(sentences([['请将身份证', '放在感应区'], ['感应区在右下方。', '放平就好。'], '', undefined], '')).toBe('请将身份证放在感应区。感应区在右下方。放平就好。')
    expect(sentences(['您要办什么事？', '按一件事就开始办'], '')).toBe('您要办什么事？按一件事就开始办。')
    expect(sentences([['Place your ID', 'on the sensor'], 'Either side.'], ' ')).toBe('Place your ID on the sensor. Either side.')
  })

  test('the whole screen leaves out what belongs to the person', () => {
    document.body.innerHTML =
      '<section data-screen="person"><h1>请核对</h1><div data-private><p>陈桂芳</p><p>510799194603140028</p></div><button>是我<b>继续</b></button><p aria-hidden="true">x</p><div data-nosay><p>键盘</p></div></section><nav><button>退出</button></nav>'
    expect(wordsOf(document)).toBe('请核对。是我继续')
  })

  test('of sentences that come together only the first and the last go out, and silence is one of them', async () => {
    take(state(), true)
    say('一')
    say('二')
    say('三')
    await settle()
    expect(said.map((s) => s.text)).toEqual(['一', '三'])
    hush()
    await settle()
    expect(said[said.length - 1]).toEqual({ text: '' })
  })

  test('nothing while muted, nothing where there is no speaker', async () => {
    take(state({}, true), true)
    say('听不到')
    take(state({ voice: undefined }), true)
    expect([hasVoice.value, canSpeak.value]).toEqual([false, false])
    say('没有喇叭')
    await settle()
    expect(said).toEqual([])
    take(state({ voice: { ready: false, note: '现在听不到声音', sound: { volume: 3, muted: false } } }), true)
    expect([hasVoice.value, canSpeak.value]).toEqual([true, false])
  })
})
