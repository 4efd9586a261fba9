/// <reference types="vite/client" />

declare module 'virtual:words' {
  /** Common words of two to four characters, most frequent first, joined by blanks. */
  const words: string
  export default words
}
