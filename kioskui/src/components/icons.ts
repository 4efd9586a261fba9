/** Own icon set (图标): 48 grid, 3 px round stroke. Names are what catalogue items and categories may use as icon. */
const paths = {
  back: 'M30 10 16 24l14 14',
  backspace: 'M17 11h25v26H17L6 24zM24 19l10 10M34 19 24 29',
  big: 'M24 6a18 18 0 1 0 0 36 18 18 0 0 0 0-36M15 20h18M24 13v7c0 6-3 11-8 15M24 21c1 6 4 11 8 14',
  book: 'M7 9h13c2 0 4 1 4 4 0-3 2-4 4-4h13v28H28c-2 0-4 1-4 3 0-2-2-3-4-3H7zM24 13v27',
  briefcase: 'M9 15h30a3 3 0 0 1 3 3v19a3 3 0 0 1-3 3H9a3 3 0 0 1-3-3V18a3 3 0 0 1 3-3M17 15V9h14v6M6 26h36',
  camera: 'M8 14h8l3-5h10l3 5h8a2 2 0 0 1 2 2v21a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V16a2 2 0 0 1 2-2M24 18a8 8 0 1 0 0 16 8 8 0 0 0 0-16',
  car: 'M9 24l4-12h22l4 12M8 24h32a2 2 0 0 1 2 2v9H6v-9a2 2 0 0 1 2-2M10 35v5M38 35v5M14 29.5v.5M34 29.5v.5',
  check: 'M9 25l10 10 20-22',
  child: 'M24 8a16 16 0 1 0 0 32 16 16 0 0 0 0-32M18 22v1M30 22v1M18 30c3 4 9 4 12 0M24 8c-1 3 1 5 4 5',
  clock: 'M24 6a18 18 0 1 0 0 36 18 18 0 0 0 0-36M24 14v11l8 4',
  cross: 'M12 12l24 24M36 12 12 36',
  doc: 'M11 5h17l9 9v29H11zM28 5v9h9M18 24h12M18 32h12',
  drop: 'M24 6c8 10 12 16 12 22a12 12 0 0 1-24 0c0-6 4-12 12-22M19 30a6 6 0 0 0 5 5',
  elder: 'M21 5a4 4 0 1 0 0 8 4 4 0 0 0 0-8M21 17c-6 0-9 6-9 14h5v11h7V31M24 21l6 6 4-1M34 42V28c0-3 6-4 6 0M34 42V26',
  eye: 'M4 24c6-9 12-13 20-13s14 4 20 13c-6 9-12 13-20 13S10 33 4 24M24 18a6 6 0 1 0 0 12 6 6 0 0 0 0-12',
  globe: 'M24 6a18 18 0 1 0 0 36 18 18 0 0 0 0-36M6 24h36M24 6c-10 8-10 28 0 36M24 6c10 8 10 28 0 36',
  grid: 'M10 8h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2M31 8h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2M10 29h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2M31 29h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2',
  headset: 'M9 29v-5a15 15 0 0 1 30 0v5M9 25h3a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3h-2a4 4 0 0 1-4-4v-5a3 3 0 0 1 3-3M39 25h-3a3 3 0 0 0-3 3v6a3 3 0 0 0 3 3h2a4 4 0 0 0 4-4v-5a3 3 0 0 0-3-3M38 37c0 4-3 5-6 5h-4M28 42a2 2 0 1 1-4 0 2 2 0 0 1 4 0',
  heart: 'M24 41C11 31 6 25 6 18a9 9 0 0 1 18-3 9 9 0 0 1 18 3c0 7-5 13-18 23M24 19v11M18.5 24.5h11',
  house: 'M7 23 24 8l17 15M11 20v21h26V20M20 41V29h8v12',
  idcard: 'M9 10h30a4 4 0 0 1 4 4v20a4 4 0 0 1-4 4H9a4 4 0 0 1-4-4V14a4 4 0 0 1 4-4M12 20h11M12 27h8M33 18a4 4 0 1 0 0 8 4 4 0 0 0 0-8M26 33c1-4 4-5 7-5s6 1 6 5',
  info: 'M24 6a18 18 0 1 0 0 36 18 18 0 0 0 0-36M24 22v12M24 15v.5',
  leave: 'M22 8H11v32h11M20 24h21M34 16l8 8-8 8',
  lock: 'M12 21h24a2 2 0 0 1 2 2v17a2 2 0 0 1-2 2H12a2 2 0 0 1-2-2V23a2 2 0 0 1 2-2M16 21v-6a8 8 0 0 1 16 0v6M24 29v5',
  next: 'M18 10l14 14-14 14',
  offline: 'M6 18c5-5 11-7 18-7s13 2 18 7M13 25c3-3 7-4 11-4s8 1 11 4M19 32c3-2 7-2 10 0M24 38v.5M8 8l32 32',
  pencil: 'M8 40l2-10L32 8l8 8-22 22zM27 13l8 8',
  people: 'M9 10h30a4 4 0 0 1 4 4v20a4 4 0 0 1-4 4H9a4 4 0 0 1-4-4V14a4 4 0 0 1 4-4M17 17a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10 33c1-4 4-5 7-5s6 1 7 5M30 20h7M30 28h7',
  phone: 'M17 4h14a4 4 0 0 1 4 4v32a4 4 0 0 1-4 4H17a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4M21 37h6',
  pin: 'M24 43C14 33 10 27 10 19a14 14 0 0 1 28 0c0 8-4 14-14 24M24 14a5 5 0 1 0 0 10 5 5 0 0 0 0-10',
  plus: 'M24 10v28M10 24h28',
  printer: 'M14 17V7h20v10M14 34H7V20a3 3 0 0 1 3-3h28a3 3 0 0 1 3 3v14h-7M14 27h20v14H14zM13 22h.5',
  receipt: 'M12 5h24v38l-4-3-4 3-4-3-4 3-4-3-4 3zM18 15h12M18 23h12M18 31h7',
  retry: 'M38 25a14 14 0 1 1-4-11M35 6v9h-9',
  ring: 'M18 17a13 13 0 1 0 0 26 13 13 0 0 0 0-26M32 14a13 13 0 1 1-2 25M13 5h10l-5 6z',
  scan: 'M6 16V8h8M34 8h8v8M42 32v8h-8M14 40H6v-8M15 15h18v18H15zM15 24h18',
  school: 'M4 18l20-9 20 9-20 9zM12 22v11c6 5 18 5 24 0V22M44 18v12',
  search: 'M21 7a14 14 0 1 0 0 28 14 14 0 0 0 0-28M31.5 31.5 42 42',
  send: 'M43 5 5 20l15 7 7 15zM43 5 20 27',
  shield: 'M24 5l15 5v12c0 10-6 17-15 21C15 39 9 32 9 22V10zM17 24l5 5 9-10',
  shop: 'M9 21v19h30V21M5 20 9 8h30l4 12a5 5 0 0 1-9.5 0 5 5 0 0 1-9.5 0 5 5 0 0 1-9.5 0A5 5 0 0 1 5 20M19 40V29h10v11',
  sign: 'M9 9h30a4 4 0 0 1 4 4v22a4 4 0 0 1-4 4H9a4 4 0 0 1-4-4V13a4 4 0 0 1 4-4M12 29c3-9 6-9 6-2s3 2 5-3 1 7 4 4 4-5 9-4',
  mute: 'M6 18h8l10-9v30l-10-9H6zM32 18l11 12M43 18 32 30',
  speaker: 'M6 18h8l10-9v30l-10-9H6zM31 18c3 3 3 9 0 12M36 12c7 6 7 18 0 24',
  wheelchair: 'M20 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M20 16v14h11l5 10h5M20 22h10M15 24a10 10 0 1 0 14 13',
  wrench: 'M40 12l-7 7-5-1-1-5 7-7a11 11 0 0 0-14 14L7 33a5 5 0 0 0 7 7l13-13a11 11 0 0 0 13-15',
  warn: 'M24 7l19 33H5zM24 19v11M24 35v.5',
  window: 'M9 8h30a3 3 0 0 1 3 3v26a3 3 0 0 1-3 3H9a3 3 0 0 1-3-3V11a3 3 0 0 1 3-3M6 18h36M18 40V29h12v11',
  yen: 'M24 6a18 18 0 1 0 0 36 18 18 0 0 0 0-36M17 14l7 9 7-9M24 23v13M17 24.5h14M17 30h14',
} as const

export type IconName = keyof typeof paths

/** Catalogue words for the same drawing, so that an item written before this set existed still has its sign. */
const also: Record<string, IconName> = {
  home: 'house', housing: 'house', id: 'idcard', card: 'idcard', household: 'people', family: 'people', elderly: 'elder', medical: 'heart',
  health: 'heart', social: 'shield', insurance: 'shield', traffic: 'car', transport: 'car', tax: 'yen', money: 'yen', water: 'drop',
  utilities: 'drop', all: 'grid', print: 'printer', proof: 'doc', document: 'doc', file: 'doc', marriage: 'ring', education: 'school',
  work: 'briefcase', job: 'briefcase', business: 'shop', company: 'shop', baby: 'child', birth: 'child', licence: 'receipt',
  cane: 'elder', care: 'elder', key: 'lock', store: 'shop', license: 'receipt', bag: 'briefcase', fund: 'house', civil: 'elder',
}

export const iconNames = Object.keys(paths) as IconName[]

/** The drawing of a name; a name that nobody drew is a document. */
export function iconPath(name: string): string {
  if (name in paths) return paths[name as IconName]
  return paths[also[name] ?? 'doc']
}
