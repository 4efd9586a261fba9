package rows

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/check"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/elements"
	"tongban/fleet/wire/matter"
)

var office = Department{
	Key: "gaj", Name: "绵阳市公安局", Code: "115107990079900198", Level: "3", Type: "1", DocMark: "绵公审", Category: "household",
	Link: "窗口", Supervise: "12345", Windows: "一楼", Center: "绵阳市政务服务中心", Review: Relief{"市政府", "样例路"}, Court: Court{"涪城法院", "样例路"},
	Topic: Topic{Person: "户籍办理", Corp: "准营准办"},
}

const head = "code\tname\ttype\tbasic\tobject\thandling\tstatutory\tpromise\tlaw\tconditions\tmaterials\tresult\tresult_type\tkeywords\tfees\tfaq\tonline\n"

const line = "gaj001\t旅馆业特种行业许可证核发\t1\t510799010001\t2\t2\t20工作日\t8工作日\t《旅馆业治安管理办法》第四条;《某〈法〉办法》第二条：条文\t有固定场所;消防合格" +
	"\t申请表|原件2|自备;营业执照|原件1复印件1|部门:市场监督管理局;消防证明|电子件|其他:检测机构|非必要:面积大的才要\t特种行业许可证\t1\t开旅馆;开宾馆\t工本费|10元|《某办法》\t要多久|8个工作日\t5\n"

func read(text string, ds ...Department) ([]catalogue.Entry, error) {
	if ds == nil {
		ds = []Department{office}
	}
	return Read(fstest.MapFS{"rows/gaj.tsv": {Data: []byte(text)}}, ds, map[string]string{"household": "idcard"})
}

// A row of sixteen cells is an entry with everything that every item must say.
func TestARowIsAWholeEntry(t *testing.T) {
	all, err := read(head + "# 说明\n\n" + line)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d, %v", len(all), err)
	}
	en := all[0]
	table, err := elements.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	if gaps := table.Missing(&en); len(gaps) > 0 {
		t.Errorf("missing %v", gaps)
	}
	if !check.Verify(check.Task, en.TaskCode).OK() || en.TaskCode != "1151079900799001983510799010001" {
		t.Errorf("task code %s", en.TaskCode)
	}
	if elements.FullyWorked(&en) || en.Icon != "idcard" || en.Promise != (matter.Limit{Days: 8, Unit: matter.Working}) {
		t.Errorf("%v %q %v", en.Channels, en.Icon, en.Promise)
	}
	want := []matter.Law{{Name: "旅馆业治安管理办法", Article: "第四条"}, {Name: "某〈法〉办法", Article: "第二条", Text: "条文"}}
	if d := cmp.Diff(want, en.Law); d != "" {
		t.Error(d)
	}
	var papers []string
	for i, m := range en.Materials {
		p := en.Papers[i]
		papers = append(papers, strings.Join([]string{m.Name, p.Type, p.Format, p.Need, p.Source, p.SourceBy}, " "))
	}
	if d := cmp.Diff([]string{"申请表 form paper always self 申请人", "营业执照 original paper always government 市场监督管理局", "消防证明 copy electronic when other 检测机构"}, papers); d != "" {
		t.Error(d)
	}
	days := 0
	for _, s := range en.Steps {
		days += s.Limit.Days
	}
	if days != 8 || len(en.Steps) != 4 || en.National.Visits != 0 || en.National.HandleType != "3" {
		t.Errorf("steps %v, %d visits", en.Steps, en.National.Visits)
	}
}

func TestFaultsNameTheirPlace(t *testing.T) {
	for want, text := range map[string]string{
		`line 1: column "nmae" is none`:       strings.Replace(head, "name", "nmae", 1) + line,
		`column "task_version" is none`:       strings.Replace(head, "online", "task_version", 1) + line,
		`column "code" stands twice`:          strings.Replace(head, "online", "code", 1) + line,
		`column "law" is missing`:             strings.Replace(head, "law", "accept", 1) + line,
		"line 2: column name is empty":        head + strings.Replace(line, "旅馆业特种行业许可证核发", "", 1),
		"line 2: column promise: \"8天\"":      head + strings.Replace(line, "\t8工作日", "\t8天", 1),
		"line 3: column law: 依据要写成":           head + line + strings.Replace(line, "《旅馆业治安管理办法》", "旅馆业治安管理办法", 1),
		"column type: “事项类型”没有“2”":            head + strings.Replace(line, "\t1\t510799", "\t2\t510799", 1),
		`"两份" is not such as`:                 head + strings.Replace(line, "原件2", "两份", 1),
		`"捡来的" is no source`:                  head + strings.Replace(line, "|自备", "|捡来的", 1),
		"does not say who issues":             head + strings.Replace(line, "部门:市场监督管理局", "部门:", 1),
		"want 收费项目|标准|依据":                     head + strings.Replace(line, "工本费|10元|", "工本费|", 1),
		"18 cells, the header has 17":         head + strings.TrimSuffix(line, "\n") + "\tx\n",
		"line 2: column result_type is empty": head + line[:strings.Index(line, "\t特种行业许可证")+len("\t特种行业许可证")],
	} {
		if _, err := read(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
	if _, err := read(head, Department{Key: "other", Name: "x", DocMark: "x", Level: "3", Type: "1", Code: office.Code}); err == nil || !strings.Contains(err.Error(), `no department "gaj"`) {
		t.Errorf("rows without a department: %v", err)
	}
	wrong := office
	wrong.Code = "115107990079900199"
	if _, err := read(head, wrong); err == nil || !strings.Contains(err.Error(), "校验位") {
		t.Errorf("a wrong credit code: %v", err)
	}
}
