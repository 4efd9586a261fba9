import { expect, it } from 'vitest'
import { stateOf, todo } from './words'

const text = (over: object) => ({ state: 'queued', note: '', attempts: 0, followed: '', failed: false, ...over })

it('says how a short message stands', () => {
  const words = [text({}), text({ attempts: 3 }), text({ state: 'sent' }), text({ state: 'delivered' }), text({ state: 'failed', note: '空号', failed: true }), text({ state: 'none', note: '没有留手机号', failed: true, followed: '打了座机' })]
  expect(words.map((t) => stateOf(t).word)).toEqual(['排队', '没交出去，试了 3 次', '网关收下，等回执', '到手机', '空号', '已另外告诉'])
  expect(words.map(todo)).toEqual(['', '', '', '', '换办法告诉', ''])
})
