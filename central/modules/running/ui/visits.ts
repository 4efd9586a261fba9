import { minute } from '@kiosk/kit/dates'
import type { Certificate } from './certificates'

/** One device as a technician found it (外设结果). */
export interface Found {
  name: string
  kind: string
  model?: string
  port?: string
  trouble: string
  word: string
  detail?: string
  tested: boolean
  opened: number
  lost: number
  failures: number
  timings?: { property: string; got: number; want?: string; unit: string; ok: boolean }[]
}

/** One property of the computer beside what the tender asks (整机自检). */
export interface Measured {
  property: string
  clause: string
  want: string
  got: string
  state: 'ok' | 'below' | 'unknown'
}

/** One visit of a field technician (现场维护). */
export interface Visit {
  id: string
  terminal: string
  reason: string
  made_by: string
  at: string
  received: string
  model: string
  version: string
  faults: number
  worst: string
  code: string
  devices: Found[]
  machine: Measured[]
}

/** What a result code said that was read out over the phone (电话报码). */
export interface Told {
  faults: number
  kind: string
  worst: string
  reason: string
  arrived: boolean
}

const kinds: Record<string, string> = {
  idcard: '身份证阅读器', receipt: '小票打印机', scanner: '高拍仪', laser: '激光打印机', barcode: '二维码阅读器', fingerprint: '指纹仪', passport: '护照、通行证阅读器',
  camera: '双目摄像头', cctv: '视频监控仪', signature: '电子签名板', display: '第二屏', light: '补光灯、指示灯', door: '机柜门磁', speaker: '语音模块',
}
export const kindWord = (kind: string) => kinds[kind] ?? (kind || '整机')

const properties: Record<string, string> = {
  cores: '处理器核数', clock: '主频', cache: '缓存', memory: '内存', disk: '硬盘', solid_state: '固态硬盘', serial_ports: '串口', usb_ports: 'USB 接口', network_cards: '有线网卡',
  diagonal: '屏幕尺寸', pixel_width: '横向像素', pixel_height: '纵向像素', length: '机柜长', height: '机柜高', width: '宽度', brightness: '屏幕亮度', touch_points: '同时触点',
}
export const propertyWord = (c: Measured) => properties[c.property] ?? c.clause

/** What a visit ended with, in one line. */
export const outcome = (v: Pick<Visit, 'faults' | 'worst'>) => (v.faults ? `${v.faults} 处故障，最要紧：${v.worst}` : '没有故障')

/** The sentence above the list. */
export function visitsAnswer(rows: Visit[]): string {
  const last = rows[0]
  if (!last) return '还没有现场维护过'
  return `最近一次 ${minute(last.at)}，${last.terminal} ${outcome(last)}`
}

/** The terminals that a code can be made for: those that are let in. */
export function reachable(rows: Certificate[]): { code: string; place: string }[] {
  const out = new Map<string, string>()
  for (const c of rows) if (['valid', 'expiring', 'renewing', 'expired'].includes(c.state)) out.set(c.terminal, c.place)
  return [...out].map(([code, place]) => ({ code, place })).sort((a, b) => a.code.localeCompare(b.code))
}

/** A code as it is written on paper: four groups, whatever was typed. */
export const grouped = (code: string) => (code.toUpperCase().replace(/[^0-9A-Z]/g, '').match(/.{1,5}/g) ?? []).join('-')
