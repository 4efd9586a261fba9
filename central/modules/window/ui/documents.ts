/** Documents by which people are identified (证件种类), in the words of the desk. */
export const documents: { value: string; label: string }[] = [
  { value: 'resident', label: '居民身份证' },
  { value: 'passport', label: '护照' },
  { value: 'hkmo', label: '港澳居民通行证、居住证' },
  { value: 'taiwan', label: '台湾居民通行证、居住证' },
  { value: 'foreigner', label: '外国人永久居留身份证' },
  { value: 'other', label: '其他证件' },
]

const asRead: Record<string, string> = { 'hmt-residence': '港澳台居民居住证', 'foreign-2017': '外国人永久居留身份证', 'foreign-2023': '外国人永久居留身份证' }

/** What is said of somebody's document beside the number, nothing of a citizen's. */
export const documentWord = (type: string): string => (type === 'resident' ? '' : (asRead[type] ?? documents.find((d) => d.value === type)?.label ?? ''))
