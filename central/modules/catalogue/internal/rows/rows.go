package rows

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/elements"
	"tongban/fleet/wire/matter"
)

// short are the columns with a name of their own, and the element each fills; everything else is an element name in lower case.
var short = map[string]string{
	"code": "ITEM_CODE", "name": "TASK_NAME", "type": "TASK_TYPE", "basic": "CATALOG_CODE", "object": "SERVICE_OBJECT",
	"handling": "PROJECT_TYPE", "law": "BY_LAW", "conditions": "APPLY_CONDITION", "result": "RESULT_NAME", "result_type": "RESULT_TYPE",
	"keywords": "KEYWORDS", "summary": "TASK_SUMMARY", "accept": "ACCEPT_CONDITION", "level": "USE_LEVEL", "category": "CATEGORY",
	"visits": "LIMIT_SCENE_NUM", "online": "ONLINE_HANDLE_DEPTH", "fee": "FEE_EXPLAIN", "special": "SPECIAL_PROCEDURE", "sample": "SAMPLE",
}

// own are the columns that are no single element.
var own = map[string]func(en *catalogue.Entry, cell string) error{
	"statutory": func(en *catalogue.Entry, cell string) error { return limit(&en.Statutory, cell) },
	"promise":   func(en *catalogue.Entry, cell string) error { return limit(&en.Promise, cell) },
	"materials": materials,
	"fees":      fees,
	"faq":       faq,
}

// must are the columns without which a row says too little.
var must = []string{"code", "name", "type", "basic", "object", "handling", "statutory", "promise", "law", "conditions", "result", "result_type", "keywords"}

// Read returns the items of all files rows/*.tsv, by department and line. icons gives each category its drawing. An error names file,
// line and column.
func Read(files fs.FS, departments []Department, icons map[string]string) ([]catalogue.Entry, error) {
	if err := checkDepartments(departments); err != nil {
		return nil, err
	}
	table, err := elements.Shipped()
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "rows/*.tsv")
	if err != nil {
		return nil, fmt.Errorf("list rows: %w", err)
	}
	var out []catalogue.Entry
	for _, name := range names {
		key := strings.TrimSuffix(path.Base(name), ".tsv")
		i := slices.IndexFunc(departments, func(d Department) bool { return d.Key == key })
		if i < 0 {
			return nil, fmt.Errorf("read %s: no department %q in departments.yaml", name, key)
		}
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read rows: %w", err)
		}
		r := reader{table: table, department: departments[i], icons: icons}
		entries, err := r.read(string(raw))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		out = append(out, entries...)
	}
	return out, nil
}

type reader struct {
	table      *elements.Table
	department Department
	icons      map[string]string
	header     []string
}

func (r *reader) read(text string) ([]catalogue.Entry, error) {
	var out []catalogue.Entry
	no := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		no++
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "\t")
		if r.header == nil {
			if err := r.head(cells); err != nil {
				return nil, fmt.Errorf("line %d: %w", no, err)
			}
			continue
		}
		en, err := r.row(cells)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", no, err)
		}
		out = append(out, en)
	}
	return out, nil
}

func (r *reader) head(cells []string) error {
	for i, c := range cells {
		cells[i] = strings.TrimSpace(c)
		if own[cells[i]] == nil {
			if e, ok := r.table.Find(elementOf(cells[i])); !ok || e.Derived {
				return fmt.Errorf("column %q is none", cells[i])
			}
		}
		if slices.Contains(cells[:i], cells[i]) {
			return fmt.Errorf("column %q stands twice", cells[i])
		}
	}
	for _, m := range must {
		if !slices.Contains(cells, m) {
			return fmt.Errorf("column %q is missing", m)
		}
	}
	r.header = cells
	return nil
}

func elementOf(column string) string {
	if name := short[column]; name != "" {
		return name
	}
	return strings.ToUpper(column)
}

func (r *reader) row(cells []string) (catalogue.Entry, error) {
	var en catalogue.Entry
	if len(cells) > len(r.header) {
		return en, fmt.Errorf("%d cells, the header has %d", len(cells), len(r.header))
	}
	r.begin(&en)
	visits := false
	for i, cell := range cells {
		cell, column := strings.TrimSpace(cell), r.header[i]
		if cell == "" {
			if slices.Contains(must, column) {
				return en, fmt.Errorf("column %s is empty", column)
			}
			continue
		}
		visits = visits || column == "visits"
		if err := r.fill(&en, column, cell); err != nil {
			return en, fmt.Errorf("column %s: %w", column, err)
		}
	}
	if len(cells) < len(r.header) {
		for _, column := range r.header[len(cells):] {
			if slices.Contains(must, column) {
				return en, fmt.Errorf("column %s is empty", column)
			}
		}
	}
	r.finish(&en, visits)
	return en, nil
}

func (r *reader) fill(en *catalogue.Entry, column, cell string) error {
	if set := own[column]; set != nil {
		return set(en, cell)
	}
	e, ok := r.table.Find(elementOf(column))
	if !ok {
		return fmt.Errorf("no such element")
	}
	if e.Kind == elements.List || e.Kind == elements.Laws || e.Kind == elements.Paras {
		cell = strings.ReplaceAll(cell, ";", "\n")
	}
	return e.Set(en, cell)
}

// begin writes what all items of the department have in common.
func (r *reader) begin(en *catalogue.Entry) {
	d, n := r.department, &en.National
	en.Office, en.OfficeCode, en.DocMark, en.Category = d.Name, d.Code, d.DocMark, d.Category
	en.Channels = []string{"window"}
	en.Fee = "不收费"
	n.UseLevel, n.DeptType, n.PowerSource, n.CentralDept = d.Level, d.Type, "1", d.Central
	n.LinkWay, n.SuperviseWay, n.Windows = d.Link, d.Supervise, d.Windows
	n.ReviewDept, n.ReviewAddress, n.LawsuitCourt, n.LawsuitAddress = d.Review.Dept, d.Review.Address, d.Court.Name, d.Court.Address
	n.EntryCenter, n.CenterName = d.Center != "", d.Center
	n.Citywide, n.HandleType, n.Special, n.Quota = "4", "1", "无", "无"
}

// finish works out what follows from the cells.
func (r *reader) finish(en *catalogue.Entry, visits bool) {
	n := &en.National
	en.Icon = r.icons[en.Category]
	en.TaskCode = en.OfficeCode + n.UseLevel + n.CatalogCode
	n.Online = n.OnlineDepth != ""
	if n.Online {
		n.HandleType = "3"
	}
	if !visits && n.OnlineDepth < "5" {
		n.Visits = 1
	}
	if n.Visits > 0 && n.VisitReason == "" {
		n.VisitReason = "核对原件、当场领取结果"
	}
	if n.Object != "corp" && n.UserTopic == "" {
		n.UserTopic = r.department.Topic.Person
	}
	if n.Object != "person" && n.CorpTopic == "" {
		n.CorpTopic = r.department.Topic.Corp
	}
	if en.Summary == "" {
		en.Summary = "办理" + en.Name + "。"
	}
	if en.Result.Type == "" {
		en.Result.Type = kindOf(en)
	}
	if en.Result.How == "" {
		en.Result.How = "办好后到窗口领取"
		if n.MailResult {
			en.Result.How += "，也可以邮寄"
		}
	}
	if n.ResultCode == "1" && n.ResultYears == "" {
		n.ResultYears = "以证照载明的期限为准"
	}
	for i := range en.Materials {
		if len(en.Law) > 0 && en.Materials[i].Why == "" {
			en.Materials[i].Why = "《" + en.Law[0].Name + "》" + en.Law[0].Article
		}
	}
	if n.AcceptStandard == "" {
		n.AcceptStandard = standard(en)
	}
	en.Steps = steps(en)
}

func kindOf(en *catalogue.Entry) string {
	switch {
	case en.National.TaskType == "5":
		return "payment"
	case en.National.ResultCode == "3":
		return "proof"
	case en.National.ResultCode == "1", en.National.ResultCode == "2":
		return "licence"
	}
	return "registration"
}

// standard says at the counter what to look for.
func standard(en *catalogue.Entry) string {
	if len(en.Materials) == 0 {
		return "申请人符合申请条件，身份核对一致。"
	}
	names := make([]string, len(en.Materials))
	for i, m := range en.Materials {
		names[i] = m.Name
	}
	return "申请人符合申请条件；" + strings.Join(names, "、") + "齐全，填写完整，内容一致，在有效期内。"
}

// steps shares the promise out: looking takes most of it, deciding the rest; accepting and handing over take no day of it.
func steps(en *catalogue.Entry) []catalogue.Step {
	p := en.Promise
	days := func(n int) matter.Limit { return matter.Limit{Days: n, Unit: p.Unit} }
	decide := 0
	if p.Days >= 2 {
		decide = max(1, p.Days/4)
	}
	out := []catalogue.Step{{ID: "accept", Name: "受理", Dept: en.Office, Role: "窗口人员", Limit: days(0)}}
	if p.Days > 0 {
		look := catalogue.Step{ID: "look", Name: "审查", Dept: en.Office, Role: "审批人员", Limit: days(p.Days - decide)}
		if en.National.Special != "无" {
			look.Special = en.National.Special
		}
		out = append(out, look)
	}
	return append(out,
		catalogue.Step{ID: "decide", Name: "决定", Dept: en.Office, Role: "部门负责人", Limit: days(decide)},
		catalogue.Step{ID: "deliver", Name: "送达", Dept: en.Office, Role: "窗口人员", Limit: days(0)})
}
