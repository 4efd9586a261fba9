/** One column of a ledger table (列): the thing first, what to do last. */
export interface Column {
  id: string
  title: string
  /** Numbers stand at the right. */
  num?: boolean
  /** CSS width; one column without it takes the rest. */
  width?: string
  /** Left out where the page is narrow (200 % zoom), as it is also in the detail. */
  spare?: boolean
}
