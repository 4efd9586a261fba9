// What other modules may show of a case (公用的办件部件): the viewer of papers and documents, the clock, the case itself.
export { default as DocumentViewer } from './parts/DocumentViewer.vue'
export { sheetOfPoint, sheetsOf } from './sheets'
export { printPaper } from './print'
export type { Case, Inbox, Point } from './types'
