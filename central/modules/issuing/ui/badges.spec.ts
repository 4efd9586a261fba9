import { afterEach, describe, expect, it, vi } from 'vitest'
import { who } from '@kiosk/kit/who'
import { permission } from './api'
import issuing from './index'

const asked = vi.hoisted(() => [] as string[])
vi.mock('@kiosk/kit/api', () => ({
  ask: (path: string) => {
    asked.push(path)
    return Promise.resolve({ counts: { ready: 3 } })
  },
}))

describe('导航上的数', () => {
  afterEach(() => asked.splice(0))
  it('asks for what is ready where one may see it', async () => {
    who.permissions = [permission.read]
    expect(await issuing.badges!()).toEqual({ '/issuing': 3 })
  })
  it('asks for nothing that would be refused: an approver only answers for ratings', async () => {
    who.permissions = [permission.rated, permission.handle]
    expect(await issuing.badges!()).toEqual({})
    expect(asked).toEqual([])
  })
})
