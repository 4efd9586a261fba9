import type { CategoryCount, Item, ItemDetail, ItemRow } from '../../src/gen/screen'

/** A small catalogue for looking at screens (样例事项). */
export const categories: CategoryCount[] = [
  { key: 'social', name: '社会保障', icon: 'shield', count: 42 },
  { key: 'medical', name: '医疗保障', icon: 'heart', count: 19 },
  { key: 'housing', name: '公积金住房', icon: 'house', count: 29 },
  { key: 'household', name: '户籍身份证', icon: 'people', count: 14 },
  { key: 'traffic', name: '交通出入境', icon: 'car', count: 15 },
  { key: 'civil', name: '民政养老', icon: 'elder', count: 16 },
  { key: 'tax', name: '纳税缴费', icon: 'yen', count: 14 },
  { key: 'utilities', name: '水电气公交', icon: 'drop', count: 20 },
]

const row = (code: string, name: string, short: string, icon: string, minutes: number, here: string, here_text: string, mark: [number, number] = [0, 0]): ItemRow => ({
  code, name, short, category: 'civil', office: '涪城区民政局', icon, minutes, here, here_text, mark,
})

export const frequent: ItemRow[] = [
  row('glbt', '80周岁以上老年人高龄津贴发放', '高龄津贴申请', 'elder', 8, 'full', '这里能办完'),
  row('cbzm', '城镇职工基本养老保险个人参保证明', '参保证明打印', 'printer', 2, 'full', '这里能打'),
  row('sbk', '社会保障卡补领换领换发', '社保卡补领换领', 'idcard', 6, 'part', '先交材料'),
  row('wfzm', '个人名下无房产登记情况证明查询', '无房证明打印', 'house', 2, 'full', '这里能打'),
]

export const found: ItemRow[] = [
  row('dbsq', '低保申请', '低保申请', 'heart', 12, 'full', '这里能办完', [0, 2]),
  row('dbzm', '低保证明打印', '低保证明', 'printer', 2, 'full', '这里能打', [0, 2]),
  row('dbcx', '低保金发放查询', '低保查询', 'yen', 1, 'full', '这里能查', [0, 2]),
  row('dsr', '低收入家庭认定', '低收入认定', 'doc', 10, 'part', '先交材料'),
  row('tkgy', '特困人员供养', '特困供养', 'elder', 20, 'no', '要去窗口'),
  row('lszz', '最低生活保障对象临时救助和困难家庭价格补贴申请', '临时救助', 'heart', 9, 'part', '先交材料'),
  row('cjr', '残疾人两项补贴', '残疾人补贴', 'heart', 9, 'no', '要去窗口'),
]

export const items: Item[] = [
  {
    code: 'glbt', version: 3, name: '80周岁以上老年人高龄津贴发放', short: '高龄津贴申请', office: '涪城区民政局', office_code: '11510703MB1234567X', doc_mark: '绵涪民', category: 'civil',
    icon: 'elder', frequent: 1, handling: 'promised', statutory: { days: 20, unit: 'working' }, promise: { days: 5, unit: 'working' }, minutes: 8, fee: '不收费',
    summary: '满80周岁的绵阳户籍老人，每月发一笔津贴。', keywords: [], needs: ['idcard', 'scanner', 'receipt'],
    law: [{ name: '《中华人民共和国老年人权益保障法》', article: '第三十三条', text: '国家鼓励地方建立八十周岁以上低收入老年人高龄津贴制度。' }],
    conditions: ['年满80周岁', '具有绵阳市户籍', '没有在别处领取同一津贴'],
    notice: [
      { title: '我们会用到什么', text: '姓名、身份证号、住址、电话、收款卡号。只给涪城区民政局办这件事，存到办结后归档。' },
      { title: '会去核对什么', text: '向公安核对户籍，向社保核对领取情况。核对结果会写在办理进度里，您能看到。' },
      { title: '您的责任', text: '请如实填写。填错了没关系，核对时还能改。故意作假要退回津贴。' },
    ],
    uses: ['姓名', '身份证号', '住址', '电话', '收款卡号'],
    questions: [
      {
        id: 'card', text: '津贴发到哪张卡？', why: '卡不一样，要填的内容不一样。选社保卡，后面会少填两项。',
        options: [
          { value: 'social', label: '社保卡', hint: '最省事，不用再填开户行' },
          { value: 'bank', label: '银行卡', hint: '需要填卡号和开户行' },
          { value: 'none', label: '都没有', hint: '先交材料，我们告诉您怎么办卡' },
        ],
      },
      {
        id: 'who', text: '是您自己来领吗？', why: '别人代领要多交一份委托书。',
        options: [{ value: 'self', label: '我自己领' }, { value: 'other', label: '家人代领', stop: '家人代领请改办“高龄津贴委托领取”，去3号窗口。' }],
      },
    ],
    materials: [
      { code: 'hukou', name: '居民户口簿', plain: '户口簿，本人那一页', why: '核对户籍', max_pages: 1, copies: 1 },
      { code: 'photo', name: '近期免冠照片', plain: '近期照片', why: '制作优待证', max_pages: 4, copies: 1, defer_days: 5 },
    ],
    form: {
      id: 'glbt-1', version: 1, title: '高龄津贴申请表',
      schema: {
        type: 'object', required: ['district', 'address', 'phone', 'card_no'],
        properties: { address: { type: 'string', maxLength: 60 }, phone: { type: 'string' }, card_no: { type: 'string', maxLength: 19 }, family: { type: 'string', maxLength: 20 } },
      },
      groups: [
        {
          id: 'live', title: '您现在住在哪里？',
          fields: [
            { name: 'name', label: '姓名', widget: 'readonly', source: 'idcard.name' },
            { name: 'id_number', label: '身份证号', widget: 'readonly', source: 'idcard.id_number', masked: true },
            { name: 'district', label: '所在区县、街道', widget: 'text' }, // the seed has a list here: see the region scene
            { name: 'address', label: '路名和门牌号', widget: 'text', hint: '' },
          ],
        },
        { id: 'phone', title: '怎么联系您？', fields: [{ name: 'phone', label: '手机号码', widget: 'phone', hint: '办好了给这个号码发短信。' }] },
        { id: 'bank', title: '社保卡号是多少？', fields: [{ name: 'card_no', label: '社保卡号', widget: 'digits', hint: '卡正面右下角的一串数字。' }, { name: 'family', label: '家人姓名', widget: 'text' }] },
      ],
    },
    signers: [{ role: 'applicant', label: '申请人', statement: '本人陈桂芳，申请高龄津贴，保证以上信息和材料真实。' }],
    points: [], result: { name: '高龄津贴', type: 'payment', how: '发到您的卡上' },
  },
]

const streets = ['城厢街道', '工区街道', '普明街道', '创业园街道', '石塘街道', '城郊街道', '塘汛街道', '丰谷镇', '青义镇', '吴家镇', '杨家镇', '新皂镇', '永兴镇']
export const region = {
  id: 'region', title: '您现在住在哪里？',
  fields: [{
    name: 'region', label: '所在区县、街道', widget: 'district',
    options: [...streets.map((s, i) => ({ value: `5107030${i}`, label: `涪城区 ${s}` })), ...['游仙区', '安州区', '三台县', '盐亭县', '梓潼县', '北川羌族自治县', '平武县', '江油市'].map((label, i) => ({ value: `51070${i}`, label }))],
  }],
}

export const detail: ItemDetail = {
  ...frequent[0]!, name: items[0]!.name, time_text: '5个工作日，收下材料次日起算', fee: '不收费', visits: '不用再跑', summary: items[0]!.summary,
  statutory: '20个工作日', conditions: items[0]!.conditions, law: items[0]!.law, sample: true,
  bring: [
    { name: '身份证', have: false, note: '在这里读' },
    { name: '户口簿', have: false, note: '本人那一页，在这里扫描' },
    { name: '社保卡或银行卡', have: false, note: '只要卡号，用来收钱' },
  ],
}

/** The same matter where it is not for terminals (指南). */
export const elsewhere: ItemDetail = {
  ...detail, code: 'tkgy', name: '特困人员救助供养对象认定及生活不能自理特困人员集中供养申请', here: 'no', here_text: '不在自助机上办，这里看办事指南', why: 'channel',
  where: '请到涪城区民政局的窗口，也可以在手机上办', qr: 'https://example.invalid/g/tkgy',
  bring: [...detail.bring!, { name: '家庭经济状况核对授权书', have: false, note: '带原件' }, { name: '无劳动能力证明', have: false, note: '要不要交，看您怎么回答' }, { name: '照片', have: false, note: '2份' }],
}
export const suspended: ItemDetail = { ...elsewhere, code: 'cjr', why: 'paused', where: '暂停办理：系统升级。什么时候恢复，请打服务电话或问涪城区民政局的窗口' }

/** What 825 items in some thirty offices look like (大目录). */
export const offices = ['绵阳市人力资源和社会保障局', '涪城区市场监督管理局', '涪城区民政局', '绵阳市公安局交通警察支队', '绵阳市自然资源和规划局', '绵阳市住房公积金管理中心', '绵阳市医疗保障局', '涪城区卫生健康局', '涪城区教育和体育局', '绵阳市交通运输局', '国家税务总局绵阳市涪城区税务局', '涪城区残疾人联合会', '涪城区退役军人事务局', '绵阳市生态环境局'].map((name, i) => ({ name, count: 96 - i * 6 }))
export const many: ItemRow[] = Array.from({ length: 60 }, (_, i) => ({ ...found[i % found.length]!, code: `m${i}`, name: `${found[i % found.length]!.name}（第${i + 1}项）`, mark: [0, 0], ...(i % 7 === 3 ? { here: 'no', why: 'paused', here_text: '暂停办理：系统升级' } : i % 7 === 5 ? { here: 'no', why: 'channel', here_text: '不在自助机上办，这里看办事指南' } : {}) }))

/** A form with every widget (全控件表). */
export const shop: Item = {
  ...items[0]!, code: 'spxj', name: '食品小经营店备案', questions: [], materials: [], signers: [],
  form: {
    id: 'spxj', version: 2, title: '食品小经营店备案表',
    schema: {
      type: 'object', required: ['shop', 'kinds', 'cook', 'area', 'kitchen', 'staff'],
      properties: {
        shop: { type: 'string', maxLength: 40 }, kinds: { type: 'array', items: { enum: ['rice', 'noodle', 'cold', 'cake', 'drink', 'bulk'] }, minItems: 1, maxItems: 4 }, cook: { type: 'string' },
        kitchen: { type: 'string', maxLength: 100 },
        staff: { type: 'array', minItems: 1, maxItems: 6, items: { type: 'object', required: ['who', 'id_number', 'phone'], properties: { who: { type: 'string', maxLength: 20 }, id_number: { type: 'string', format: 'cn-id' }, phone: { type: 'string' }, post: { type: 'string', enum: ['cook', 'waiter'] } } } },
      },
    },
    groups: [
      { id: 'shop', title: '店叫什么名字？', fields: [{ name: 'shop', label: '经营者名称', widget: 'text', hint: '和营业执照上的一样。' }] },
      { id: 'kinds', title: '您卖哪些吃的？', fields: [{ name: 'kinds', label: '经营项目', widget: 'multi', options: [['rice', '热食类食品制售'], ['noodle', '面食米线制售'], ['cold', '凉菜卤味'], ['cake', '糕点'], ['drink', '自制饮品'], ['bulk', '散装食品销售']].map(([value, label]) => ({ value: value!, label: label! })) }] },
      { id: 'cook', title: '在店里现做吗？', fields: [{ name: 'cook', label: '现场制作', widget: 'choice', options: [{ value: 'yes', label: '在店里做' }, { value: 'no', label: '不在店里做' }] }] },
      { id: 'kitchen', title: '操作间是什么样？', show: { field: 'cook', is: ['yes'] }, fields: [{ name: 'kitchen', label: '操作间说明', widget: 'area', hint: '多大、在哪、怎么隔开。' }] },
      { id: 'staff', title: '店里有哪些人？', fields: [{ name: 'staff', label: '从业人员', widget: 'rows', min_rows: 1, max_rows: 6, columns: [
        { name: 'who', label: '姓名', widget: 'text' }, { name: 'id_number', label: '身份证号', widget: 'digits', masked: true }, { name: 'phone', label: '电话', widget: 'phone' },
        { name: 'post', label: '岗位', widget: 'choice', options: [{ value: 'cook', label: '厨师' }, { value: 'waiter', label: '服务员' }] },
      ] }] },
    ],
  },
}
