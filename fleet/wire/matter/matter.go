// Package matter is a catalogue item as terminal and centre both need it (办理项的端上模型): situations, materials, form,
// signers, review points, limits, and the rules that follow from the citizen's answers. The same code runs on both sides,
// so that a screen never promises what the server refuses. Standard library only; the form's schema check is in
// fleet/wire/matter/form.
package matter

import "encoding/json"

// Snapshot is everything a terminal shows (事项快照); Version changes when anything in it does.
type Snapshot struct {
	Version    string     `json:"version"`
	Calendar   Calendar   `json:"calendar"`
	Categories []Category `json:"categories"`
	Items      []Item     `json:"items"`
	Synonyms   [][]string `json:"synonyms,omitempty"` // groups of words that mean the same (同义词)
}

// Calendar lets a terminal promise an answer date without the network (工作日历).
type Calendar struct {
	Version string   `json:"version"`
	Years   []int    `json:"years"` // published
	Off     []string `json:"off"`   // weekdays that are off, YYYY-MM-DD
	Work    []string `json:"work"`  // weekend days that work
}

// Category is one tile of the home screen (分类).
type Category struct {
	Key  string `json:"key"`
	Name string `json:"name"`
	Icon string `json:"icon"`           // name in the kiosk's own icon set
	Tile int    `json:"tile,omitempty"` // place on the home screen, 1 to 9; 0 = found by search and under AllKey only
}

// AllKey is the category whose tile holds every item (全部事项).
const AllKey = "all"

// Handling is how an item ends (办件类型).
type Handling string

// Handlings.
const (
	Immediate Handling = "immediate" // 即办件: issued on the spot after a clerk's look
	Promised  Handling = "promised"  // 承诺件
)

// Limit is a time limit (时限). Zero days with Immediate means on the spot.
type Limit struct {
	Days int    `json:"days"`
	Unit string `json:"unit"` // working, natural
}

// Item is one version of a catalogue item (业务办理项).
type Item struct {
	Code       string     `json:"code"` // short stable code such as glbt
	TaskCode   string     `json:"task_code,omitempty"`
	Version    int        `json:"version"`
	Name       string     `json:"name"`
	Short      string     `json:"short,omitempty"` // for tiles, at most 8 characters
	Office     string     `json:"office"`          // body that decides
	OfficeCode string     `json:"office_code"`     // its unified code
	DocMark    string     `json:"doc_mark"`        // 绵涪审民, in document numbers
	Category   string     `json:"category"`
	Icon       string     `json:"icon"`
	Frequent   int        `json:"frequent,omitempty"`  // place among 大家常办, 0 = not
	Keywords   []string   `json:"keywords,omitempty"`  // other names people use
	Pinyin     string     `json:"pinyin,omitempty"`    // initials, one letter for each character of the name, filled in by the catalogue
	Syllables  []string   `json:"syllables,omitempty"` // full pinyin for each character, readings parted by "|", filled in by the catalogue
	Handling   Handling   `json:"handling"`
	Statutory  Limit      `json:"statutory"` // 法定时限
	Promise    Limit      `json:"promise"`   // 承诺时限
	Minutes    int        `json:"minutes"`   // at the terminal, about
	Fee        string     `json:"fee"`       // 不收费
	Summary    string     `json:"summary"`   // one sentence on what it is for
	Law        []Law      `json:"law"`
	Conditions []string   `json:"conditions"`
	Notice     []Para     `json:"notice"` // the plain paragraphs of the consent screen
	Uses       []string   `json:"uses"`   // personal data that is used, in words
	Questions  []Question `json:"questions"`
	Materials  []Material `json:"materials"`
	Form       Form       `json:"form"`
	Signers    []Signer   `json:"signers"`
	Points     []Point    `json:"points"`
	Result     Result     `json:"result"`
	Needs      []string   `json:"needs"`              // device kinds: idcard, scanner, receipt
	Channels   []string   `json:"channels,omitempty"` // where it can be applied for (办理渠道): kiosk, web, window; none = all
	Inventory  []Datum    `json:"inventory,omitempty"`
	Sample     []string   `json:"sample,omitempty"` // fields whose values the office has not confirmed yet (样例数据)
	Paused     *Pause     `json:"paused,omitempty"` // set by the catalogue while the item is suspended; then it is shown and cannot be applied for
}

// Pause says why an item cannot be applied for now (暂停办理).
type Pause struct {
	Reason string `json:"reason"`
	Since  string `json:"since"` // YYYY-MM-DD
}

// Law is one article that an item or a point stands on (设定依据).
type Law struct {
	Name    string `json:"name"`
	Article string `json:"article"` // 第三十二条第一款第五项
	Text    string `json:"text,omitempty"`
}

// Para is a heading with one plain paragraph.
type Para struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Question asks for one situation (情形).
type Question struct {
	ID      string   `json:"id"`
	Text    string   `json:"text"`
	Why     string   `json:"why"` // 为什么问
	Law     string   `json:"law,omitempty"`
	When    *Cond    `json:"when,omitempty"` // asked only then; nil = always
	Options []Option `json:"options"`
}

// Option is one answer. Stop ends the way here: this applicant needs another matter, and Stop says which.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Hint  string `json:"hint,omitempty"`
	Stop  string `json:"stop,omitempty"`
}

// Material is one paper that may be asked for (申请材料).
type Material struct {
	Code     string `json:"code"`
	Name     string `json:"name"`  // official
	Plain    string `json:"plain"` // 户口簿，本人那一页
	How      string `json:"how,omitempty"`
	Why      string `json:"why"` // law or reason
	When     *Cond  `json:"when,omitempty"`
	Exempt   *Cond  `json:"exempt,omitempty"` // not needed then
	ExemptBy string `json:"exempt_by,omitempty"`
	MaxPages int    `json:"max_pages"` // 1 to 20
	Copies   int    `json:"copies"`
	Original bool   `json:"original,omitempty"`   // the original is to be looked at
	Defer    int    `json:"defer_days,omitempty"` // may be brought within so many working days (容缺), 0 = no
}

// Form is one official form (表单): rules as JSON Schema 2020-12, order and words as groups.
type Form struct {
	ID      string          `json:"id"`
	Version int             `json:"version"`
	Title   string          `json:"title"`
	Schema  json.RawMessage `json:"schema"`
	Groups  []Group         `json:"groups"`
}

// Group is what one screen asks. When looks at the answers of the item's questions, Show at what was filled in before on the
// same form, so that a form shared by several items carries its own conditions; the schema says the same with if and then.
type Group struct {
	ID     string  `json:"id"`
	Title  string  `json:"title"` // the question: 您现在住在哪里？
	When   *Cond   `json:"when,omitempty"`
	Show   *Filled `json:"show,omitempty"`
	Fields []Field `json:"fields"`
}

// Filled is true when the field, a choice or multi of an earlier group, holds one of Is (按已填内容显示).
type Filled struct {
	Field string   `json:"field"`
	Is    []string `json:"is"`
}

// Field is one entry. Source names where a value comes from without asking: idcard.name, idcard.id_number, idcard.sex,
// idcard.birth, idcard.address, idcard.nation.
//
// Values on the wire: a string for every widget but multi (array of option values) and rows (array of objects by column name).
type Field struct {
	Name    string   `json:"name"` // property in the schema
	Label   string   `json:"label"`
	Widget  string   `json:"widget"`            // text, area, phone, digits, date, choice, multi, district, readonly, rows
	Element string   `json:"element,omitempty"` // data element (数据元) by which forms are merged and prefilled
	Columns []Field  `json:"columns,omitempty"` // of rows: flat fields only
	MinRows int      `json:"min_rows,omitempty"`
	MaxRows int      `json:"max_rows,omitempty"`
	Source  string   `json:"source,omitempty"`
	Hint    string   `json:"hint,omitempty"`
	Options []Option `json:"options,omitempty"` // choice, district
	Masked  bool     `json:"masked,omitempty"`  // shown masked
}

// Signer is one person who signs one sentence (签名人).
type Signer struct {
	Role      string `json:"role"` // applicant, spouse, guardian…
	Label     string `json:"label"`
	Statement string `json:"statement"`
	When      *Cond  `json:"when,omitempty"`
	OwnCard   bool   `json:"own_card,omitempty"` // is read in on their own card
}

// Point is one thing the clerk looks at (审查要点).
type Point struct {
	ID   string `json:"id"`
	On   string `json:"on"` // condition, identity, material, form, signature
	Ref  string `json:"ref,omitempty"`
	Text string `json:"text"`
	Law  string `json:"law,omitempty"`
	When *Cond  `json:"when,omitempty"`
}

// Result is what the applicant gets (办理结果).
type Result struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"`               // licence, proof, registration, payment
	Template string   `json:"template,omitempty"` // of the printable proof
	Lines    []string `json:"lines,omitempty"`    // what a proof says, a label each: the clerk reads the values in the office's own system (证明内容)
	How      string   `json:"how"`                // 怎么领
}
