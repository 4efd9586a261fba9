package official_test

import (
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/paper"
	"tongban/central/kernel/paper/official"
)

func monthOf(m int) time.Month { return time.Month(m) }

// hardSamples are papers that strain the layout: long names, two pages, nothing at all, rare characters, other clocks.
func hardSamples() map[string]official.Paper {
	long := acceptance()
	long.Applicant = official.Applicant{Name: "阿卜杜热合曼·买买提依明·吐尔逊江", Note: "绵阳市涪城区样例路街道幸福社区居民委员会便民服务站，115107990079900198"}
	long.Item = "公共场所卫生许可（新建、改建、扩建项目选址与设计卫生审查后首次申请）"
	long.Office.Body = "绵阳科技城新区管理委员会行政审批和政务服务管理局"
	long.Office.Seal = &paper.Seal{Name: "绵阳科技城新区样例管理委员会行政审批和政务服务管理局", Purpose: "行政许可专用章", Sample: true}
	long.Number = "绵科管审批卫公受〔2026〕第 1151 号"
	long.Clock = promised(18, 20, day(2026, 11, 24), day(2026, 12, 17), day(2026, 12, 21))

	two := oneTimeNotice()
	two.Gaps = nil
	for i := range 16 {
		two.Gaps = append(two.Gaps, official.Gap{
			What: fmt.Sprintf("第 %d 种材料", i+1), Now: "没有签字，日期也没有写", Repair: "由本人签字并写明日期；委托别人来的，带上委托书和两个人的身份证",
		})
	}

	edge := oneTimeNotice()
	edge.Gaps = append(edge.Gaps, two.Gaps[:4]...)

	huge := receipt()
	huge.Handed = nil
	for i := range 47 {
		huge.Handed = append(huge.Handed, official.Handed{Name: fmt.Sprintf("工程图纸 %d", i+1), Form: "原件", Seen: "是", Copies: 2, Original: "审查后退还"})
	}

	empty := acceptance()
	empty.Received, empty.Exempt = nil, nil
	empty.Clock = promised(1, 0, day(2026, 11, 24), day(2026, 11, 24), official.Day{})

	rare := acceptance()
	rare.Applicant = official.Applicant{Name: "𠮷㐂𬭸", Note: "𠮷祥面馆，⾏业代码 \U000F0000"}

	stopped := acceptance()
	stopped.Clock = official.Clock{
		First: day(2026, 11, 12), Promise: official.Limit{Days: 10, Unit: "工作日", Due: day(2026, 12, 4)},
		Cells: append(append(paper.Cells(paper.CellUsed, 4), paper.Cells(paper.CellSuspended, 6)...), paper.Cells(paper.CellLeft, 6)...),
	}

	joint := acceptance()
	joint.Clock = promised(30, 45, day(2026, 11, 24), day(2027, 1, 5), day(2027, 1, 26))
	joint.Clock.Provisional = "2027 年的放假安排还没有公布，暂按周一至周五计算，公布后重算"

	bar := acceptance()
	bar.Clock = promised(60, 90, day(2026, 11, 24), day(2027, 2, 22), day(2027, 4, 6))
	for _, i := range []int{5, 28, 49, 69, 88} {
		bar.Clock.Cells[i].MonthStart = true
	}

	large := acceptance()
	large.Large = true

	wordy := oneTimeNotice()
	wordy.Gaps[0].Repair = strings.Repeat("说明写得很长，", 120)

	blank := certificate()
	blank.Rows = nil

	return map[string]official.Paper{
		"long": long, "two-pages": two, "edge": edge, "huge": huge, "empty": empty, "rare": rare, "stopped": stopped, "joint": joint, "bar": bar,
		"large": large, "wordy": wordy, "blank": blank,
	}
}
