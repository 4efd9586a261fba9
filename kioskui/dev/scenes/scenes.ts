import type { Done, Matter, Person, State, Visit, WireProgress } from '../../src/gen/screen'
import { items, region, shop } from './catalogue.ts'

/** Scripted states, one for each screen that the agent decides (场景). People are invented, county code 510799. */
export const chen: Person = {
  name: '陈桂芳', masked: '陈*芳', id: '510799********0028', sex: '女', birth: '1946-03-14', nation: '汉族', address: '四川省绵阳市涪城区普明北路18号',
  valid_to: '2036-05-01', expired: false, confirmed: true, card_type: 'resident',
}
export const dilnur: Person = { ...chen, name: '迪丽努尔·阿卜杜热依木艾合买提', masked: '迪*提', nation: '维吾尔' }

export const base: State = {
  rev: 1, now: '2026-11-24T10:24:00+08:00',
  terminal: {
    code: 'K-03', label: '3号机', place: '涪城区政务服务中心', model: 'kiosk-21', orientation: 'portrait', scale: 1,
    positions: { idcard: '屏幕右下方', scanner: '屏幕左下方平台', receipt: '屏幕左下方出口', passport: '屏幕左下方台面' }, printer: true, helpline: '0816-12345',
  },
  link: { online: true, since: '08:00', waiting: 0 },
  abilities: [
    { kind: 'idcard', label: '读身份证', state: 'ok' }, { kind: 'scanner', label: '扫描', state: 'ok' }, { kind: 'receipt', label: '打小票', state: 'low', note: '小票纸快用完' },
  ],
  pen: false,
  glass: false,
  voice: { ready: true, sound: { volume: 3, muted: false } },
}

export const visit: Visit = {
  id: 'v1', idle_seconds: 60, warning: 0, help_called: false, card_left: false,
  prefs: { elderly: false, contrast: false, low_reach: false, speech: false, language: 'zh-CN' },
  sound: { volume: 3, muted: false }, finished: [],
}

export const matter: Matter = {
  item: items[0]!, consented: false, answers: {}, ask: items[0]!.questions![0], ask_no: 1, ask_of: 2, settled: false, groups: items[0]!.form.groups, group_done: {},
  values: { name: '陈桂芳', id_number: '510799********0028' }, materials: items[0]!.materials!.map((m, i) => ({ ...m, need: i ? 'deferrable' : 'required', deferred: false, pages: [] })),
  signers: [{ role: 'applicant', label: '申请人', name: '陈*芳', statement: '本人陈桂芳，申请高龄津贴，保证以上信息和材料真实。', own_card: false, read: true, signed: false }],
  steps: ['notice', 'questions', 'form', 'materials', 'sign', 'check'], answer: '最晚12月1日（周二）给您答复', answer_day: '2026-12-01', missing: [],
}
const answered: Matter = { ...matter, consented: true, answers: { card: 'social', who: 'self' }, ask: undefined, settled: true, ask_no: 2 }
const filled: Matter = {
  ...answered, group_done: { live: true, phone: true, bank: true },
  values: { ...matter.values, district: '涪城区城厢街道', address: '普明北路小区3栋2单元', phone: '13908162150', card_no: '6222020200116621' },
}
const scanned: Matter = { ...filled, materials: matter.materials!.map((m, i) => ({ ...m, pages: i ? [] : [{ id: 'p1', width: 1000, height: 700 }], deferred: i === 1 })) }
const two: Matter = {
  ...scanned, item: { ...items[0]!, name: '房屋租赁登记备案' },
  signers: [
    { role: 'lessor', label: '出租人', name: '陈*芳', statement: '', own_card: false, read: true, signed: true, at: '10:41', image: '/api/signatures/lessor.png' },
    { role: 'lessee', label: '承租人', name: '周*远', statement: '本人周明远，租普明北路小区3栋2单元，从2026年12月1日到2027年11月30日，内容属实。', own_card: true, read: true, signed: false },
  ],
}
const signed: Matter = { ...scanned, signers: [{ ...matter.signers![0]!, signed: true, at: '10:41', image: '/api/signatures/applicant.png' }] }

export const done: Done = {
  case_no: 'MY261124-003-0037-6', check_code: '7K4MQX', item: '高龄津贴发放', item_code: 'glbt', state: 'received', at: '2026-11-24T10:33:00+08:00',
  answer: '最晚12月1日（周二）答复，短信发到尾号 2150。', ask_by: '11月27日', qr: 'https://example.invalid/p/ABC', slip: { state: 'printing', title: '正在打印小票', note: '在屏幕左下方出口取' },
  take: ['身份证', '户口簿', '小票'], rated: 0,
}

export const cases: WireProgress[] = [
  {
    case_no: 'MY261124-003-0037-6', item: '80周岁以上老年人高龄津贴发放', state: 'accepted', state_text: '正在审查', answer: '还剩 3 个工作日', office: '涪城区民政局养老服务科', due: '2026-12-01', due_text: '最晚12月1日',
    applicant: '陈*芳', submitted: '2026-11-24 10:33', documents: [{ title: '受理通知书', no: '绵涪民受〔2026〕37号', date: '2026-11-24' }],
    steps: [
      { title: '交材料', note: '3号自助机', at: '11月24日 10:33', state: 'done' }, { title: '窗口受理', note: '材料齐全，已发受理通知书', at: '11月24日 10:52', state: 'done' },
      { title: '核对户籍', note: '公安：户籍一致', at: '11月25日 09:10', state: 'done' }, { title: '民政局审查', note: '经办：涪城区民政局养老服务科', at: '', state: 'now' },
      { title: '出结果', at: '最晚 12月1日', state: 'coming' }, { title: '津贴到卡', at: '结果后次月15日', state: 'coming' },
    ],
  },
]

const shopping: Matter = {
  ...matter, item: shop, consented: true, ask: undefined, settled: true, ask_no: 0, ask_of: 0, groups: shop.form.groups, materials: [], signers: [], steps: ['notice', 'form', 'check'],
  values: {}, group_done: {},
}
const people = [{ who: '张晓岚', id_number: '510799198512310026', phone: '13908162150', post: 'cook' }, { who: '阿卜杜热依木·艾合买提江', id_number: '510799199001010018', phone: '13908162151', post: 'waiter' }]
const shopFilled: Matter = {
  ...shopping, group_done: { shop: true, kinds: true, cook: true, kitchen: true, staff: true },
  values: { shop: '绵阳市涪城区小张面馆', kinds: ['rice', 'noodle', 'cold'], cook: 'yes', kitchen: '操作间约12平方米，在店后侧，用玻璃隔开；粗加工、切配、烹饪三个区域分开，洗手池一个、洗碗池两个，地面防滑。', staff: people },
}

type Patch = { visit?: Partial<Visit> } & Omit<Partial<State>, 'visit'>
const withVisit = (v: Partial<Visit>): Patch => ({ visit: v })
const inMatter = (m: Matter, more: Partial<Visit> = {}): Patch => withVisit({ person: chen, matter: m, ...more })
const identify = (phase: string, title = '', message = '', tries = 0): Patch => withVisit({ identify: { phase, title, message, tries, for: 'applicant' } })
/** A passport in place of a card; the words are those of the agent (agent/session). */
const passport = (phase: string, title: string, message: string, more: { tries?: number; percent?: number } = {}): Patch =>
  withVisit({ identify: { phase, title, message, tries: 0, for: 'applicant', document: true, ...more } })
const offline: Partial<State> = { link: { online: false, since: '10:02', waiting: 2 } }
const block = (code: string, title: string, message: string): Patch => ({ blocked: { code, title, message } })

export const scenes: Record<string, Patch> = {
  attract: {},
  'attract-offline': offline,
  'blocked-disk': block('disk_full', '本机暂停服务', '存储快满了，已经通知工作人员。交过的材料都在，会照常送到窗口。'),
  'blocked-enrol': block('not_enrolled', '本机还没有启用', '工作人员登记后就能用。'),
  'blocked-service': block('out_of_service', '本机正在维护', '预计半小时恢复。'),
  home: withVisit({}),
  'home-person': withVisit({ person: chen }),
  'home-offline': { ...withVisit({}), ...offline },
  'home-noprinter': { ...withVisit({}), terminal: { ...base.terminal, label: '2号机', place: '游仙便民中心', printer: false, positions: { idcard: '键盘右边', scanner: '键盘左边' } }, abilities: base.abilities!.slice(0, 2) },
  'card-waiting': identify('waiting'),
  'card-reading': identify('reading'),
  'card-early': identify('early', '身份证拿早了，请再放一次', '只读到一半，什么也没有保存。放平后等听到“嘀”一声再拿。', 1),
  'card-unreadable': identify('unreadable', '', '', 2),
  'card-unknown': identify('unknown', '', '', 1),
  'card-silent': identify('silent'),
  'card-down': identify('down'),
  'card-travel': { ...identify('waiting'), terminal: { ...base.terminal, travel: true } },
  'document-ask': passport('ask', '请对照证件输入三项', '证件里的芯片要用它们才打得开。只在本机用，离开就清除。'),
  'document-failed': passport('ask', '证件没有打开，请再核对', '号码和两个日期要和证件上印的一样。字母O和数字0容易看错。', { tries: 1 }),
  'document-waiting': passport('waiting', '请将证件放在护照阅读器上', '护照合上、通行证平放，读完前别拿开。'),
  'document-reading': passport('reading', '正在读取，请先别拿开', '芯片里内容多，通常要几秒。', { percent: 46 }),
  'document-unknown': passport('unknown', '这本证件没有通过核验', '请带证件到人工窗口，工作人员会帮您看。也可以换一种证件。', { tries: 1 }),
  'document-down': passport('down', '护照阅读器现在用不了', '不是您操作的问题。可以用身份证，或到人工窗口办。'),
  'document-left': withVisit({ card_left: true, document_left: true }),
  person: withVisit({ person: { ...dilnur, confirmed: false } }),
  'person-expired': withVisit({ person: { ...chen, confirmed: false, expired: true, valid_to: '2026-05-01' } }),
  notice: inMatter(matter),
  question: inMatter({ ...matter, consented: true }),
  stop: inMatter({ ...matter, consented: true, answers: { card: 'social', who: 'other' }, ask: undefined, stop: '家人代领请改办“高龄津贴委托领取”，去3号窗口。' }),
  form: inMatter({ ...answered, values: { ...matter.values, district: '涪城区城厢街道' } }),
  'form-phone': inMatter({ ...answered, group_done: { live: true }, values: { ...filled.values, phone: '' } }),
  'form-region': inMatter({ ...answered, groups: [region] }),
  'shop-multi': inMatter({ ...shopping, group_done: { shop: true } }),
  'shop-area': inMatter({ ...shopping, group_done: { shop: true, kinds: true, cook: true } }),
  'shop-rows': inMatter({ ...shopping, group_done: { shop: true, kinds: true, cook: true, kitchen: true } }),
  'shop-lines': inMatter({ ...shopFilled, group_done: { ...shopFilled.group_done, staff: false } }),
  'shop-check': inMatter(shopFilled),
  scan: inMatter(filled),
  sign: inMatter(scanned),
  'sign-two': inMatter(two),
  'sign-card': inMatter({ ...two, signers: [two.signers![0]!, { ...two.signers![1]!, read: false, name: '' }] }),
  check: inMatter(signed),
  'check-long': inMatter({ ...signed, item: { ...items[0]!, name: '最低生活保障对象临时救助和困难家庭价格补贴申请' }, values: { ...signed.values, family: '阿卜杜热依木艾合买提' }, missing: ['户口簿还没有拍'] }, { person: dilnur }),
  submitted: withVisit({ person: chen, done }),
  'submitted-printed': withVisit({ person: chen, done: { ...done, slip: { state: 'printed', title: '小票打好了', note: '在屏幕左下方出口取' } } }),
  'submitted-offline': { ...withVisit({ person: chen, done: { ...done, state: 'stored' } }), ...offline },
  'submitted-noprinter': withVisit({ person: chen, done: { ...done, slip: { state: 'none', title: '', note: '' } }, card_left: true }),
  'printer-failed': withVisit({ person: chen, done: { ...done, slip: { state: 'failed', title: '打印机没纸了，小票没有打出来', note: '10:31 已自动通知工作人员' } } }),
  'printer-unknown': withVisit({ person: chen, done: { ...done, slip: { state: 'unknown', title: '', note: '' } } }),
  idle: inMatter({ ...answered, group_done: { live: true }, values: { ...filled.values, phone: '139081621' } }, { warning: 24 }),
  'card-left': withVisit({ card_left: true, person: undefined }),
  called: withVisit({ help_called: true }),
}

/** The state of a scene. */
export function stateOf(name: string, rev: number, prefs: Partial<Visit['prefs']> = {}): State {
  const patch = scenes[name] ?? {}
  const s: State = { ...base, ...patch, rev, visit: undefined }
  if (patch.visit) s.visit = { ...visit, ...patch.visit, prefs: { ...visit.prefs, ...prefs }, idle_seconds: prefs.elderly || prefs.low_reach ? 120 : 60 }
  return structuredClone(s)
}
