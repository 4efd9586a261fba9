import { describe, expect, it } from 'vitest'
import { certificateAnswer, certificateState } from './certificates'

describe('certificates', () => {
  it.each([
    ['valid', 300, '有效，余 300 天', 'good'],
    ['expiring', 12, '快到期，余 12 天', 'warn'],
    ['expired', 0, '过期了', 'bad'],
    ['revoked', 200, '已吊销', 'none'],
    ['renewing', 365, '新的，等终端换上', 'open'],
  ])('%s with %s days is %s', (state, days_left, word, tone) => expect(certificateState({ state, days_left })).toEqual({ word, tone }))
  it('are counted in a sentence', () => expect(certificateAnswer([{ state: 'valid' }, { state: 'valid' }, { state: 'revoked' }])).toBe('2 张证书有效，1 张已吊销'))
})
