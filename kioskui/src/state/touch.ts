/** The touch test (触摸测试): a field for each fingertip's breadth of the screen, and how many fingers lay on it at once. */
export interface TouchBoard {
  columns: number
  rows: number
  hit: boolean[]
  down: Set<number>
  most: number
}

export function newBoard(width: number, height: number): TouchBoard {
  const [columns, rows] = width > height ? [9, 5] : [5, 9]
  return { columns, rows, hit: Array<boolean>(columns * rows).fill(false), down: new Set(), most: 0 }
}

/** A finger is at x, y of a screen of that size. What lies outside belongs to no field. */
export function touch(b: TouchBoard, id: number, x: number, y: number, width: number, height: number): void {
  b.down.add(id)
  b.most = Math.max(b.most, b.down.size)
  if (x < 0 || y < 0 || x >= width || y >= height) return
  b.hit[Math.floor((y / height) * b.rows) * b.columns + Math.floor((x / width) * b.columns)] = true
}

/** A finger has left. */
export const lift = (b: TouchBoard, id: number) => void b.down.delete(id)

export const hits = (b: TouchBoard) => b.hit.filter(Boolean).length
