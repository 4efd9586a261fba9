/** The longer side that is kept, in pixels: cable labels stay readable (agent/installation keeps no more either). */
export const longest = 2048

/** The size within longest, same shape. */
export function within(width: number, height: number): { width: number; height: number } {
  const share = Math.min(1, longest / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * share)), height: Math.max(1, Math.round(height * share)) }
}

/**
 * A picture from a stick, upright and small, as base64 of a JPEG (照片缩小): a telephone's twelve megapixels need not pass through the page's
 * call. Nothing when the file is no picture.
 */
export async function shrink(file: Blob): Promise<string | undefined> {
  let image: ImageBitmap
  try {
    image = await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    return undefined
  }
  const { width, height } = within(image.width, image.height)
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  canvas.getContext('2d')?.drawImage(image, 0, 0, width, height)
  image.close()
  return canvas.toDataURL('image/jpeg', 0.85).split(',')[1]
}
