import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { Problem } from '../api'
import { activeKeys, press } from '../keys'
import ReasonDialog from './ReasonDialog.vue'

// jsdom draws no dialogs
beforeEach(() => {
  HTMLDialogElement.prototype.showModal = vi.fn()
  HTMLDialogElement.prototype.close = vi.fn()
})
afterEach(() => (activeKeys.sets = []))

const open = (act = vi.fn(async () => {}), more = {}) => {
  const page = mount(ReasonDialog, { props: { title: '停用', verb: '停用', effects: ['马上退出'], usual: ['离职了'], act, ...more }, attachTo: document.body })
  return { page, act, chord: () => press(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, cancelable: true }), activeKeys.sets) }
}

describe('an act that asks why', () => {
  it('says what it will do, and does nothing without a reason', async () => {
    const { page, act } = open()
    expect(page.text()).toContain('马上退出')
    await page.get('form').trigger('submit')
    expect(act).not.toHaveBeenCalled()
    expect(page.get('[role="alert"]').text()).toContain('至少 4 个字')
  })

  it('is done by the chord, also while the page below has keys of its own', async () => {
    const { page, act, chord } = open()
    await page.get('textarea').setValue('本人离职')
    expect(chord()).toBe(true)
    await nextTick()
    expect(act).toHaveBeenCalledWith('本人离职', expect.stringMatching(/^[0-9a-f]{32}$/))
    expect(page.emitted('done')).toHaveLength(1)
  })

  it('takes a usual reason to write on', async () => {
    const { page } = open()
    await page.get('.chip').trigger('click')
    expect((page.get('textarea').element as HTMLTextAreaElement).value).toBe('离职了')
  })

  it('stays open with the reason kept when it was refused', async () => {
    const { page } = open(vi.fn(async () => { throw new Problem(409, 'auth.apart', '系统管理员不能同时是审计管理员') }))
    await page.get('textarea').setValue('岗位调整')
    await page.get('form').trigger('submit')
    await nextTick()
    expect(page.text()).toContain('系统管理员不能同时是审计管理员')
    expect((page.get('textarea').element as HTMLTextAreaElement).value).toBe('岗位调整')
    expect(page.emitted('done')).toBeUndefined()
  })

  it('asks for its own fields first', async () => {
    const { page, act } = open(undefined, { check: () => '还没有选角色' })
    await page.get('textarea').setValue('岗位调整')
    await page.get('form').trigger('submit')
    await nextTick()
    expect(page.text()).toContain('还没有选角色')
    expect(act).not.toHaveBeenCalled()
  })
})
