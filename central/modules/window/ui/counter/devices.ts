import { Problem } from '@kiosk/kit/api'
import { reactive } from 'vue'
import type { Person } from './hall'

/** The devices of this counter as the pages use them (窗口设备); without them the clerk types and takes files. */
export const devices = {
  state: reactive({ reader: false, scanner: false, pad: false }),
  readCard: (): Promise<Person> => Promise.reject(new Problem(0, 'devices', '这台机器没有连上读卡器，手工输入并写明原因')),
  scan: (): Promise<Blob[]> => Promise.reject(new Problem(0, 'devices', '这台机器没有连上高拍仪，从文件传')),
  sign: (_statement: string): Promise<Blob> => Promise.reject(new Problem(0, 'devices', '这台机器没有连上手写板，请他在纸上签')),
}
