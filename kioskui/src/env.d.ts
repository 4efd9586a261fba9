/// <reference types="vite/client" />

declare module 'virtual:words' {
  /** Common words of two to four characters, most frequent first, joined by blanks. */
  const words: string
  export default words
}

// The package's main file is a UMD bundle that bundlers disagree about; this is the same code as one ES module.
declare module 'simple-keyboard/build/index.modern.esm.js' {
  export { default } from 'simple-keyboard'
}
