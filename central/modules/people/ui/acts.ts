import type { Person } from './types'

/** An act on an account in words (对账号做的事): what it does, why it is usually done. */
export interface ActWords {
  title: string
  verb: string
  effects: string[]
  usual: string[]
  danger: boolean
}

export function wordsOf(act: string, p: Pick<Person, 'name' | 'sessions'>): ActWords {
  const here = p.sessions.length ? `${p.name}现在的 ${p.sessions.length} 处登录马上退出，没保存的内容会丢。` : `${p.name}现在没有登录。`
  const all: Record<string, ActWords> = {
    disable: { title: `停用 ${p.name} 的账号`, verb: '停用', danger: true, effects: [here, '不能再登录；手上的办件留在原处，要另派人。', '账号、权限和记录都留着，以后可以再启用。'], usual: ['离职', '调离本单位', '长期休假'] },
    enable: { title: `启用 ${p.name} 的账号`, verb: '启用', danger: false, effects: ['可以再登录，权限和停用前一样。', '密码如果过期了，登录后先换密码。'], usual: ['返岗', '误停用'] },
    unlock: { title: `给 ${p.name} 解锁`, verb: '解锁', danger: false, effects: ['马上可以再试密码，错误次数从 0 算起。', '密码不变。忘了密码请用“重置密码”。'], usual: ['本人当面核实', '电话核实本人'] },
    reset: { title: `重置 ${p.name} 的密码`, verb: '重置密码', danger: true, effects: ['原密码马上作废，给一个新的一次性密码，只显示这一次。', here, '用一次性密码登录后，先要换成自己的密码。'], usual: ['本人忘记密码', '怀疑密码泄露'] },
    revoke: { title: `让 ${p.name} 退出所有登录`, verb: '全部退出', danger: true, effects: [here, '账号不停用，可以马上再登录。'], usual: ['设备丢失', '离开忘记退出', '登录来源可疑'] },
    factor: { title: `重置 ${p.name} 的第二因素`, verb: '重置', danger: true, effects: ['原来的动态码和恢复码马上作废。', '下次登录要重新绑定；绑定前进不了要第二因素的页面。', here], usual: ['换了手机', '手机丢失'] },
  }
  return all[act] ?? { title: act, verb: '确定', danger: false, effects: [], usual: [] }
}

/** 给谁 在哪里 可以做什么, as one sentence about a role. */
export function grantWords(name: string, place: string, permissions: string[], most = 6): string {
  const shown = permissions.slice(0, most).join('、')
  const more = permissions.length > most ? `等 ${permissions.length} 项` : ''
  return `${name}${place ? ` 在 ${place}` : ''} 可以 ${shown || '（这个角色还没有权限）'}${more}`
}
