package catalogue

import "tongban/fleet/wire/matter"

// Entry is everything an office records about an item (实施清单): what a citizen sees, as matter.Item, and what only offices
// need. The table internal/elements/elements.yaml names each of its elements by the national field name (GB/T 39554.2-2020 and the systems
// that follow it), with the path here; editor, review, diff, completeness and xlsx all work from that one table.
type Entry struct {
	matter.Item `yaml:",inline"`

	FormID   string   `json:"form_id,omitempty"` // official form it uses; the published version is put into Item.Form
	National National `json:"national"`
	Steps    []Step   `json:"steps,omitempty"` // 办理环节
	Fees     []Fee    `json:"fees,omitempty"`
	Faq      []Faq    `json:"faq,omitempty"`
	Papers   []Trait  `json:"papers,omitempty"` // what offices record about the materials, by code
	Smart    *Smart   `json:"smart,omitempty"`  // of the 20 smart items (智能审批)
}

// National holds the elements of the implementation list that have no place on a citizen's screen. Codes are those of the
// national code lists (facts in elements.yaml).
type National struct {
	CatalogCode      string `json:"catalog_code"`       // 基本编码, 12 digits
	LocalCatalogCode string `json:"local_catalog_code"` // 地方基本目录编码
	LocalTaskCode    string `json:"local_task_code"`    // 地方实施编码
	HandleItem       string `json:"task_handle_item"`   // 办理项编码, 33
	TaskType         string `json:"task_type"`          // 事项类型
	UseLevel         string `json:"use_level"`          // 行使层级
	PowerSource      string `json:"power_source"`       // 权力来源
	DeptType         string `json:"dept_type"`          // 实施主体性质
	EntrustName      string `json:"entrust_name"`       // 委托部门
	OtherDept        string `json:"other_dept"`         // 联办机构
	CentralDept      string `json:"central_dept"`       // 国家主管部门
	Object           string `json:"service_object"`     // 服务对象: person, corp, both
	LimitReason      string `json:"anticipate_explain"` // 法定办结时限说明
	PromiseReason    string `json:"promise_explain"`    // 承诺办结时限说明
	Special          string `json:"special_procedure"`  // 特别程序
	Quota            string `json:"limit_explain"`      // 数量限制
	HandleType       string `json:"handle_type"`        // 办理形式
	Visits           int    `json:"limit_scene_num"`    // 到办事现场次数
	VisitReason      string `json:"limit_scene_explain"`
	Online           bool   `json:"is_online"`
	OnlineDepth      string `json:"online_handle_depth"` // 网上办理深度
	Citywide         string `json:"is_handle"`           // 通办范围
	Schedule         bool   `json:"is_schedule"`         // 预约办理
	SelfService      bool   `json:"is_service_terminals"`
	MailMaterial     bool   `json:"is_mail_material"`
	MailResult       bool   `json:"is_mail_result"`
	PayOnline        bool   `json:"is_pay_online"`
	EntryCenter      bool   `json:"is_entry_center"`
	CenterName       string `json:"center_name"`
	ResultCode       string `json:"result_type"`      // 结果类型
	ResultYears      string `json:"result_validity"`  // 结果有效期
	LinkWay          string `json:"link_way"`         // 咨询方式
	SuperviseWay     string `json:"supervise_way"`    // 监督投诉方式
	ReviewDept       string `json:"review_dept"`      // 行政复议部门
	ReviewAddress    string `json:"review_address"`   // 行政复议地址
	LawsuitCourt     string `json:"lawsuit_court"`    // 行政诉讼部门
	LawsuitAddress   string `json:"lawsuit_address"`  // 行政诉讼地址
	Rights           string `json:"right_enjoy"`      // 申请人权利
	Duties           string `json:"duty_perform"`     // 申请人义务
	UserTopic        string `json:"user_topic_type"`  // 面向自然人的主题
	CorpTopic        string `json:"corp_topic_type"`  // 面向法人的主题
	Windows          string `json:"windows"`          // 办理地点和时间
	AcceptStandard   string `json:"accept_condition"` // 受理标准, as the clerk reads it at intake
}

// Step is one step of the handling (办理环节) with who acts and how long.
type Step struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"` // 受理, 审查, 决定, 制证, 送达
	Dept    string       `json:"dept"`
	Role    string       `json:"role"` // who acts, as a role: 窗口人员, 审批人员
	Limit   matter.Limit `json:"limit"`
	Special string       `json:"special,omitempty"` // special procedure that stops the clock (特别程序)
}

// Fee is one charge (收费项目).
type Fee struct {
	Name     string `json:"name"`
	Standard string `json:"standard"` // 元
	Law      string `json:"law"`
	Relief   string `json:"relief,omitempty"` // 减免
}

// Faq is one frequent question (常见问题).
type Faq struct {
	Q string `json:"q"`
	A string `json:"a"`
}

// Trait is what offices record about one material (材料要素).
type Trait struct {
	Code       string `json:"code"`              // of the material
	Type       string `json:"type"`              // original, copy, form, result (原件 复印件 申请表 核发结果)
	Format     string `json:"format"`            // paper, electronic, both
	Need       string `json:"need"`              // always, when (必要, 非必要)
	Source     string `json:"source"`            // self, government, other (申请人自备, 政府部门核发, 其他)
	SourceBy   string `json:"source_by"`         // who issues it
	Licence    string `json:"licence,omitempty"` // type of e-licence that replaces it
	Commitment bool   `json:"commitment,omitempty"`
	Trust      string `json:"trust,omitempty"` // how far it is trusted: verified, shared, declared (可信等级)
	Standard   string `json:"standard"`        // 受理标准
	Fill       string `json:"fill,omitempty"`  // 填报须知
	Sample     string `json:"sample,omitempty"`
}

// Smart is what makes an item fit for smart approval (智能审批梳理).
type Smart struct {
	Model      string         `json:"model"`      // pre-review, full, assisted (智能预审, 全流程审批, 辅助审批)
	Reason     string         `json:"reason"`     // why it qualifies (认定理由)
	Conditions []SmartTerm    `json:"conditions"` // atomic acceptance conditions
	Elements   []SmartElement `json:"elements"`   // 审查要素 with their carriers
	Rules      []SmartRule    `json:"rules"`      // one for each review point
	Shares     []SmartShare   `json:"shares"`     // 数据共享
}

// SmartTerm is one acceptance condition that a machine can check (受理条件).
type SmartTerm struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Law  string `json:"law"`
}

// SmartElement is one value that review looks at, and where it is read from (审查要素、要素载体).
type SmartElement struct {
	ID      string `json:"id"` // used as a name in rules: 年龄
	Name    string `json:"name"`
	Type    string `json:"type"`    // text, number, date, bool, codes
	Carrier string `json:"carrier"` // form, material, licence, share, answer, idcard
	Ref     string `json:"ref"`     // field, material code and region, licence field, interface and field
	Model   string `json:"model,omitempty"`
}

// SmartRule is one rule (审查规则): an expression over the elements. It never decides alone.
type SmartRule struct {
	ID        string `json:"id"`
	Point     string `json:"point"`     // review point it serves
	Step      string `json:"step"`      // step in which it runs
	Rule      string `json:"rule"`      // id of a shared rule, or "" with Expr
	Expr      string `json:"expr"`      // 年龄 >= 80
	Fail      string `json:"fail"`      // sentence for the clerk
	Algorithm string `json:"algorithm"` // 审核算法: expr, ocr-compare, face, seal, licence-status …
}

// SmartShare is one interface of another office that is asked (共享接口).
type SmartShare struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Owner string `json:"owner"`
	State string `json:"state"` // ready, simulated, missing
}
