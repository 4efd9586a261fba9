import type { Attention } from '@kiosk/kit/module'
import { describe, expect, it } from 'vitest'
import { headline, order } from './home'

const thing = (level: Attention['level'], title: string): Attention => ({ level, title, text: '', to: '/', act: '去看' })

describe('the overview', () => {
  it('puts the worst first and keeps the order of equals', () => expect(order([thing('todo', 'c'), thing('warn', 'b'), thing('bad', 'a'), thing('todo', 'd')]).map((x) => x.title)).toEqual(['a', 'b', 'c', 'd']))
  it.each([
    [[], '今天没有要您处理的事'],
    [[thing('warn', '2 个账号被锁')], '2 个账号被锁'],
    [[thing('bad', '记录链断了'), thing('warn', 'x')], '记录链断了，另有 1 件要看'],
    [[thing('warn', 'x'), thing('todo', 'y')], '今天有 2 件事要看'],
  ])('says %j as one sentence', (found, words) => expect(headline(found)).toBe(words))
})
