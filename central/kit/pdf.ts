import type { PDFDocumentProxy, PDFWorker } from 'pdfjs-dist'

let worker: PDFWorker | undefined

/** Opens a paper (打开文书). The reader and its worker come with the first paper and stay for all that follow. */
export async function openPaper(blob: Blob): Promise<PDFDocumentProxy> {
  const pdf = await import('pdfjs-dist')
  if (!worker) {
    pdf.GlobalWorkerOptions.workerSrc = (await import('pdfjs-dist/build/pdf.worker.min.mjs?url')).default
    worker ??= new pdf.PDFWorker()
  }
  return pdf.getDocument({ data: await blob.arrayBuffer(), worker, isEvalSupported: false }).promise
}
