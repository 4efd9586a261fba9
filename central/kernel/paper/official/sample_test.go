package official_test

import (
	"os"
	"testing"

	"tongban/central/kernel/paper"
	"tongban/central/kernel/paper/official"
)

// The samples are the papers of the specification's pictures; people and shops carry the unassigned county code 510799.

func day(y int, m int, d int) official.Day { return official.Day{Year: y, Month: monthOf(m), Day: d} }

var issued = day(2026, 11, 23)

func common(code string, version int, number, kase, verify string) official.Common {
	return official.Common{
		Template: official.Template{Code: code, Version: version, Since: day(2026, 9, 1)},
		Number:   number, Case: kase, Issued: issued,
		Office: official.Office{
			Body: "绵阳市涪城区行政审批局", Clerk: "周敏", Desk: "12 号窗", Phone: "0816-000-0000", Complaint: "12345　“办不成事”窗口：一楼 A01",
			Seal: &paper.Seal{Name: "绵阳市涪城区样例行政审批局", Purpose: "行政许可专用章", Sample: true},
		},
		Verify: official.Verify{URL: "https://demo.example.cn/v/" + verify, Code: verify},
	}
}

func promised(days, statutory int, first, due, legal official.Day) official.Clock {
	c := official.Clock{
		Cells: paper.Cells(paper.CellLeft, days), First: first, Promise: official.Limit{Days: days, Unit: "工作日", Due: due},
	}
	if statutory > 0 {
		c.Cells = append(c.Cells, paper.Cells(paper.CellBeyond, statutory-days)...)
		c.Statutory = official.Limit{Days: statutory, Unit: "工作日", Due: legal}
	}
	return c
}

func acceptance() official.Acceptance {
	return official.Acceptance{
		Common:    common("SLTZ", 3, "绵涪审食受〔2026〕151 号", "MY261123-00151-1", "7KQ4-M2PX"),
		Applicant: official.Applicant{Name: "张晓岚", Note: "晓岚小面馆，92510799MA99DEM19P"},
		Item:      "食品经营许可（新办）", AppliedOn: issued,
		Clock: promised(10, 20, day(2026, 11, 24), day(2026, 12, 7), day(2026, 12, 21)),
		Received: []official.Received{
			{Name: "申请表", Copies: 1}, {Name: "平面布局图", Copies: 1}, {Name: "食品安全制度", Copies: 1, Pages: 3}, {Name: "租赁合同复印件", Copies: 1},
		},
		Exempt:   []official.Exempt{{Name: "营业执照", Because: "已用电子证照核对"}, {Name: "健康证明", Because: "已用电子证照核对"}},
		Fee:      "不收费",
		Collect:  "窗口领取。办好后发短信给 138****0026，凭短信里的取件码和身份证",
		Progress: "扫下方二维码，或发编号到 12345",
	}
}

func oneTimeNotice() official.OneTimeNotice {
	return official.OneTimeNotice{
		Common:    common("BZGZ", 5, "绵涪审食补〔2026〕62 号", "MY261123-00151-1", "4TX9-W6NC"),
		Applicant: official.Applicant{Name: "张晓岚", Note: "晓岚小面馆"},
		Item:      "食品经营许可（新办）", AppliedOn: issued,
		Gaps: []official.Gap{
			{"房屋租赁合同", "租期到 2026 年 10 月 31 日，已过期", "交续租合同或房东出具的同意继续使用说明，写明起止日期，双方签字"},
			{"平面布局图", "没有标尺寸，看不出操作间和餐厅", "在原图上标出长、宽和各间名称，手画也可以"},
			{"申请表第 14 栏", "面积没有填", "填实际使用面积，单位平方米"},
		},
		Clock: promised(10, 0, day(2026, 11, 24), day(2026, 12, 7), official.Day{}), DueHour: "17:00", Hotline: "12345",
	}
}

func notAccepted() official.NotAccepted {
	return official.NotAccepted{
		Common:     common("BYSL", 2, "绵涪审不受〔2026〕9 号", "MY261123-00163-6", "9FD2-H7RV"),
		Applicant:  official.Applicant{Name: "绵阳样例农产品专业合作社", Note: "93510799MA99DEM27F", Organisation: true},
		Item:       "保健食品生产许可（新办）",
		ReceivedAt: official.Moment{Day: issued, Hour: 9, Minute: 42}, DecidedAt: official.Moment{Day: issued, Hour: 10, Minute: 5},
		Ground: official.NotOurs, Why: "这个事项由省级机关办理，不属于我局的职权范围",
		GoTo:      "四川省市场监督管理局（样例）　政务大厅 3 楼 22 号窗，028-0000-0000；网上：四川政务服务网，搜“保健食品生产许可”",
		WeHelp:    "征得你单位同意，可以把电子材料直接转过去（今天就转）；或由本窗口帮你单位网上提交",
		Materials: "收到 7 份，已全部当场退还，本局不留存",
		Review:    official.Review{Government: "绵阳市涪城区人民政府", Where: "区司法局行政复议受理点，样例路 6 号，0816-000-0000"},
	}
}

func receipt() official.Receipt {
	c := common("SJPZ", 4, "SJ-2026-1123-031", "MY261123-00158-6", "2BN8-C5JE")
	c.Office.Body = "绵阳市政务服务中心涪城分中心"
	c.Office.Seal = &paper.Seal{Name: "涪城区样例政务服务中心", Purpose: "收件专用章", Sample: true}
	return official.Receipt{
		Common:    c,
		Applicant: official.Applicant{Name: "周*明", Note: "510799********0018"},
		Item:      "道路货物运输经营许可（换发）", ReceivedAt: official.Moment{Day: issued, Hour: 10, Minute: 42},
		Handed: []official.Handed{
			{Name: "换发申请表", Form: "窗口填写打印", Copies: 1},
			{Name: "道路运输经营许可证", Form: "原件", Seen: "是", Copies: 1, Original: "留下，换新证时收回"},
			{Name: "车辆行驶证", Form: "复印件", Seen: "是", Copies: 3, Original: "已当场还给您"},
			{Name: "驾驶员从业资格证", Form: "电子证照", Seen: "不用交"},
			{Name: "营业执照", Form: "电子证照", Seen: "不用交"},
		},
		Bag: "F-0419", Clock: promised(5, 0, day(2026, 11, 24), day(2026, 11, 30), official.Day{}),
	}
}

func certificate() official.Certificate {
	c := common("CBZM", 1, "绵社证〔2026〕004217 号", "MY261123-00177-6", "5RW3-K8DT")
	c.Office.Body = "绵阳市社会保险事业管理局"
	c.Office.Seal = &paper.Seal{Name: "绵阳市样例社会保险事业管理局", Purpose: "业务专用章", Sample: true}
	return official.Certificate{
		Common: c, Title: "个人参保证明", Subject: official.Applicant{Name: "周立明", Note: "510799********0018"},
		Opening: "截至 2026 年 11 月 23 日，参加社会保险的情况如下。",
		Facts:   []official.Fact{{"现参保单位", "绵阳样例机械有限公司"}, {"参保地", "绵阳市涪城区"}},
		Columns: []paper.Column{{Head: "险种"}, {Head: "状态", Width: 20}, {Head: "首次参保", Width: 26}, {Head: "缴费到", Width: 26}, {Head: "累计月数", Width: 22, Right: true}},
		Rows: [][]string{
			{"企业职工基本养老保险", "正常", "2014-07", "2026-10", "148"},
			{"失业保险", "正常", "2014-07", "2026-10", "148"},
			{"工伤保险", "正常", "2014-07", "2026-10", "148"},
		},
		Empty: "没有参保记录", Purpose: "办理居住证", Source: "四川省社会保险信息系统（样例）", AsOf: official.Moment{Day: issued, Hour: 9, Minute: 42},
		ValidUntil: day(2027, 2, 23), PrintedAt: "涪城区政务服务中心 3 号终端", Law: official.InsuranceQuery,
	}
}

func samples() map[string]official.Paper {
	return map[string]official.Paper{
		"P1-acceptance": acceptance(), "P2-one-time-notice": oneTimeNotice(), "P3-not-accepted": notAccepted(), "P4-receipt": receipt(),
		"certificate": certificate(),
	}
}

func engine(t testing.TB) *paper.Engine {
	t.Helper()
	e, err := paper.New()
	if err != nil {
		t.Skipf("no fonts in this build: %v", err)
	}
	return e
}

// TestWriteSamples writes the samples to the folder in PAPER_OUT, for looking at them.
func TestWriteSamples(t *testing.T) {
	dir := os.Getenv("PAPER_OUT")
	if dir == "" {
		t.Skip("PAPER_OUT is not set")
	}
	e := engine(t)
	all := samples()
	for name, p := range hardSamples() {
		all[name] = p
	}
	for name, p := range all {
		out, err := official.Render(e, p)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := os.WriteFile(dir+"/"+name+".pdf", out.PDF, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
