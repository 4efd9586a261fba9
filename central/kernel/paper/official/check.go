package official

import (
	"regexp"
	"strings"
	"time"
)

// check lists what every paper must carry.
func (c Common) check() []string {
	var f faults
	f.need(c.Template.Code != "" && c.Template.Version > 0 && !c.Template.Since.isZero(), "模板代码、版本和起用日期")
	f.need(c.Number != "", "文号")
	f.need(c.Case != "", "办件编号")
	f.need(!c.Issued.isZero(), "日期")
	f.need(c.Office.Body != "", "发文机关")
	f.need(c.Office.Seal != nil || c.Sample, "印章")
	f.refuse(c.Office.Seal != nil && c.Sample, "样张上的印章")
	f.need(c.Office.Clerk != "", "经办人")
	f.need(c.Office.Phone != "", "咨询电话")
	f.need(c.Office.Complaint != "", "投诉途径")
	f.need(c.Verify.URL != "" && c.Verify.Code != "", "核验地址和验证码")
	return f
}

func (a Applicant) check() []string {
	var f faults
	f.need(a.Name != "", "申请人")
	f.refuse(holdsID(a.Name) || holdsID(a.Note), "完整的公民身份号码")
	return f
}

func (c Clock) check() []string {
	var f faults
	f.need(len(c.Cells) > 0 && !c.First.isZero() && !c.Promise.Due.isZero(), "时限条：起算日、到期日和每一天")
	return f
}

// faults collects what is wrong with a paper.
type faults []string

func (f *faults) need(ok bool, what string) {
	if !ok {
		*f = append(*f, "缺"+what)
	}
}

func (f *faults) refuse(found bool, what string) {
	if found {
		*f = append(*f, "不能印"+what)
	}
}

var eighteen = regexp.MustCompile(`[0-9]{17}[0-9Xx]`)

// holdsID reports whether a whole ID number stands in the text. A credit code of digits only is told apart by the date of birth that
// an ID number has and the code has not.
func holdsID(s string) bool {
	for _, number := range eighteen.FindAllString(strings.ReplaceAll(s, " ", ""), -1) {
		if birth, err := time.Parse("20060102", number[6:14]); err == nil && birth.Year() > 1850 && birth.Year() < 2150 {
			return true
		}
	}
	return false
}
