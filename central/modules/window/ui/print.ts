import { askBlob } from '@kiosk/kit/api'

const keep = 60_000 // ms that the window may take to read the file

/** Opens a paper where the browser prints it (打印文书); says where it is, or what keeps it away. */
export async function printPaper(url: string): Promise<string> {
  try {
    const blob = URL.createObjectURL(await askBlob(url))
    setTimeout(() => URL.revokeObjectURL(blob), keep)
    return window.open(blob, '_blank') ? '文书在新窗口里，从那里打印' : '浏览器拦住了新窗口：允许本站弹出窗口，再按一次'
  } catch (e) {
    return e instanceof Error ? e.message : '文书没有取到，再按一次'
  }
}
