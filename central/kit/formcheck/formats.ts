// The formats beside those of JSON Schema, with the server's sentences (fleet/wire/matter/form/formats.go). Each returns the
// sentence for the person, '' when the value is right.

const count = (s: string): number => [...s].length
const bytes = (s: string): number => new TextEncoder().encode(s).length
const digits = (s: string): boolean => /^[0-9]*$/.test(s)

function counted(what: string, got: number, want: number): string {
  if (got < want) return `${what}是${want}位，现在只有${got}位，还差${want - got}位`
  if (got > want) return `${what}是${want}位，现在有${got}位，多了${got - want}位`
  return ''
}

function mobile(s: string): string {
  if (!digits(s)) return '手机号只有数字，中间不要空格和横线'
  if (s.length !== 11) return counted('手机号', s.length, 11)
  if (s[0] !== '1' || (s[1] ?? '') < '3') return '手机号以13到19开头，请看看前两位'
  return ''
}

/** real reports whether the calendar has that day; years as they are written, not shifted as Date does below 100. */
function real(y: number, m: number, d: number): boolean {
  const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m - 1]
  return days !== undefined && d >= 1 && d <= days
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

function citizenID(s: string): string {
  const n = count(s)
  if (n !== 18) return counted('身份证号', n, 18)
  if (!/^[0-9]{17}[0-9X]$/.test(s)) return '身份证号前17位是数字，最后一位是数字或大写X'
  const year = Number(s.slice(6, 10))
  if (!real(year, Number(s.slice(10, 12)), Number(s.slice(12, 14))) || year < 1800) return '身份证号第7到14位应是出生日期，请对照证件'
  const sum = weights.reduce((all, weight, i) => all + weight * Number(s[i]), 0)
  if ('10X98765432'[sum % 11] !== s[17]) return '身份证号有一位对不上，请对照证件再看一遍'
  return ''
}

/** Passports and permits of Hong Kong, Macao and Taiwan; digits alone are eight or nine, else a citizen's number not typed out. */
function travelDocument(s: string): boolean {
  if (/^[HM]([0-9]{8}|[0-9]{10})$/.test(s)) return true
  const figures = s.replace(/[^0-9]/g, '').length
  return /^[A-Z0-9]{6,9}$/.test(s) && figures >= 4 && (figures < s.length || figures >= 8)
}

const cardNumber = (s: string): string => (/^[A-Z]{3}[0-9]{12}$/.test(s) || travelDocument(s) ? '' : citizenID(s))

function uscc(s: string): string {
  const n = count(s)
  if (n !== 18) return counted('统一社会信用代码', n, 18)
  const symbols = '0123456789ABCDEFGHJKLMNPQRTUWXY'
  let sum = 0
  let weight = 1
  for (let i = 0; i < s.length; i++) {
    const value = symbols.indexOf(s[i] ?? '')
    if (value < 0) return '信用代码用数字和大写字母，没有I、O、S、V、Z'
    if (i < 17) {
      sum += value * weight
      weight = (weight * 3) % 31
    }
  }
  if (symbols[(31 - (sum % 31)) % 31] !== s[17]) return '信用代码有一位对不上，请对照营业执照'
  return ''
}

function bankCard(s: string): string {
  if (!digits(s)) return '卡号只有数字，中间不要空格'
  const n = s.length
  if (n < 16) return `卡号至少16位，现在只有${n}位，还差${16 - n}位`
  if (n > 19) return `卡号最多19位，现在有${n}位，多了${n - 19}位`
  let sum = 0
  for (let i = 0; i < n; i++) {
    let d = Number(s[n - 1 - i])
    if (i % 2 === 1) d = d * 2 > 9 ? d * 2 - 9 : d * 2
    sum += d
  }
  return sum % 10 === 0 ? '' : '卡号有一位对不上，请对照卡面再看一遍'
}

function personName(s: string): string {
  const n = count(s)
  if (n < 2) return '姓名至少2个字，请写全名'
  if (n > 50) return `姓名最多50个字，多了${n - 50}个字`
  for (const c of s) {
    if (c < 'A' && !" '-.,".includes(c)) return '姓名里不要数字和符号，中间的点写成“·”'
  }
  return ''
}

function day(s: string): string {
  const m = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(s)
  if (!m || bytes(s) !== 10 || !real(Number(m[1]), Number(m[2]), Number(m[3]))) return '日期要写成2026-11-26这样，并且是真有的一天'
  if (Number(m[1]) < 1900) return '年份太早了，请核对'
  return ''
}

export const formats: Record<string, (s: string) => string> = {
  'cn-id': citizenID,
  'cn-cert': cardNumber,
  'cn-mobile': mobile,
  'cn-uscc': uscc,
  'cn-name': personName,
  'bank-card': bankCard,
  'cn-date': day,
}
