/** Pictures that the fake camera and the fake printer would give, as SVG. */
const card = (x: number, y: number, turn: number, blur: number): string => `
<g transform="translate(${x} ${y}) rotate(${turn})" ${blur ? 'filter="url(#b)"' : ''} font-family="Noto Sans CJK SC" fill="#222">
<rect width="900" height="620" fill="#fbf1df"/><g stroke="#8a7a58" stroke-width="4" fill="none"><rect x="50" y="120" width="800" height="450"/>
<path d="M50 210h800M50 300h800M50 390h800M50 480h800M250 120v450M520 120v180M660 120v180"/></g>
<text x="450" y="84" font-size="46" font-weight="700" text-anchor="middle">常 住 人 口 登 记 卡</text>
<g font-size="36"><text x="80" y="178">姓 名</text><text x="280" y="178" font-weight="700">陈桂芳</text><text x="550" y="178">性 别</text><text x="700" y="178" font-weight="700">女</text>
<text x="80" y="268">出生地</text><text x="280" y="268" font-weight="700">四川绵阳</text><text x="550" y="268">民 族</text><text x="700" y="268" font-weight="700">汉族</text>
<text x="70" y="358">出生日期</text><text x="280" y="358" font-weight="700">1946年3月14日</text><text x="80" y="448">住 址</text><text x="280" y="448" font-weight="700">绵阳市涪城区普明北路18号</text>
<text x="70" y="538">证件编号</text><text x="280" y="538" font-weight="700">5107991946········</text></g>
<circle cx="730" cy="440" r="86" fill="none" stroke="#c1483f" stroke-width="7"/></g>`
const svg = (w: number, h: number, body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}"><filter id="b"><feGaussianBlur stdDeviation="9"/></filter>${body}</svg>`

export const frame = (bad: boolean): string => svg(1600, 1130, `<rect width="1600" height="1130" fill="#3a3d46"/>${bad ? card(560, 260, 14, 1) : card(330, 260, -5, 0)}`)
export const pagePicture = (): string => svg(900, 620, card(0, 0, 0, 0))
export const signature = (): string =>
  svg(900, 400, `<g fill="none" stroke="#111" stroke-width="12" stroke-linecap="round"><path d="M120 90v230M120 92c80-30 60 80 10 100M210 130h120M270 70l-40 120 80-10M270 190v130l-30-20M220 250l-20 40M320 240l30 50M420 140h110M475 80v240M430 220l45-70 50 60M560 120h120M560 200h120M620 80v240M540 310h160M760 130h120M790 90v70M850 90v70M740 200h150M830 180c-10 90-40 120-90 140M840 240c40 0 40 0 20 80l-20-10"/></g>`)

export function qr(): string {
  let cells = ''
  let seed = 7
  for (let y = 0; y < 33; y++) for (let x = 0; x < 33; x++) {
    seed = (seed * 16807) % 2147483647
    const finder = (x < 8 && y < 8) || (x > 24 && y < 8) || (x < 8 && y > 24)
    if (!finder && (seed >> 12) % 2) cells += `<rect x="${x}" y="${y}" width="1" height="1"/>`
  }
  for (const [x, y] of [[0, 0], [26, 0], [0, 26]]) cells += `<path fill-rule="evenodd" d="M${x} ${y}h7v7h-7zM${x! + 1} ${y! + 1}v5h5v-5z"/><rect x="${x! + 2}" y="${y! + 2}" width="3" height="3"/>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 33 33" shape-rendering="crispEdges">${cells}</svg>`
}
