import { askBlob } from '@kiosk/kit/api'
import { api } from './api'

/** Hands out the evidence of one message (下载证据): `tongban-central check exchange FILE` verifies it without us. */
export async function evidence(id: string) {
  const url = URL.createObjectURL(await askBlob(`${api}/messages/${id}/evidence`))
  Object.assign(document.createElement('a'), { href: url, download: `exchange-${id}.json` }).click()
  URL.revokeObjectURL(url)
}
