import type { Act } from './types'

/** What an act is called on its key (办理键). */
export const words: Record<Act, string> = {
  accept: '受理', tolerate: '容缺受理', grant: '办结', notice: '一次性告知', renotice: '第 2 次告知', supplement: '收下补正', supply: '收下补交', refuse: '不予受理',
  deny: '不予许可', pause: '停表', resume: '恢复计时', extend: '延期', withdraw: '撤件', lapse: '终止',
}

/** Letters that open an act; the act itself always wants its chord. */
export const actKeys: Partial<Record<Act, string>> = { notice: 'n', refuse: 'r', accept: 'a', tolerate: 'b', supplement: 's', supply: 's', renotice: 'm', withdraw: 'w', pause: 'h', extend: 'y', deny: 'x', lapse: 'l', grant: 'g', resume: 'u' }
