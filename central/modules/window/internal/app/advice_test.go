package app

import (
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/clock"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// The chip says when somebody was born: a point that asks for an age is held against it, and is certain only when the machine
// checked every clause of it.
func TestIdentityAdviceKnowsTheAge(t *testing.T) {
	now := time.Date(2026, 11, 27, 10, 0, 0, 0, clock.Shanghai)
	a := &App{Needs: Needs{Clock: clock.Fixed(now)}}
	for _, c := range []struct {
		id, way, point string
		ok, certain    bool
		says           string
	}{
		{"510799194611270025", "idcard", "年满80周岁，身份证号与读卡一致", true, true, "今天 80 周岁"},
		{"510799194611280020", "idcard", "年满80周岁，身份证号与读卡一致", false, false, "79 周岁，不满 80"},
		{"510799199001010018", "idcard", "年满80周岁，身份证号与读卡一致", false, false, "36 周岁，不满 80"},
		{"510799194611270025", "typed", "年满80周岁，身份证号与读卡一致", true, false, "再对一遍证件原件"},
		{"510799199001010018", "idcard", "年满16周岁，未满60周岁；满60周岁的转待遇申领", true, false, "36 周岁"},
		{"510799194611270025", "idcard", "年满16周岁，未满60周岁", false, false, "已满 60"},
		{"510799199001010018", "idcard", "身份证与读卡一致，没有重复的卡", true, false, "校验通过"},
		{"510799199001010018", "idcard", "申请人身份证与读卡一致", true, true, "校验通过"},
	} {
		l := loaded{body: wire.Submission{Applicant: wire.Person{IDNumber: c.id, IdentifiedBy: c.way}}}
		got := a.advise(l, matter.Point{On: "identity", Text: c.point})
		if got.OK != c.ok || got.Certain != c.certain || !strings.Contains(got.Text, c.says) {
			t.Errorf("%s of %s (%s): %+v", c.point, c.id, c.way, got)
		}
	}
}
