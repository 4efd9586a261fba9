package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window"
)

// Every paper that the window hands out can be drawn from a real case; with PAPER_OUT set they are written there, to look at.
func TestEveryPaperIsDrawn(t *testing.T) {
	s := open(t, kerneltest.New(t))
	facts := []window.Fact{
		{Label: "参保地", Value: "绵阳市涪城区"}, {Label: "参保险种", Value: "企业职工基本养老保险"}, {Label: "参保状态", Value: "正常"},
		{Label: "缴费到", Value: "2026年10月"}, {Label: "累计缴费月数", Value: "148"},
	}
	for i, c := range []struct {
		item string
		d    window.Decision
	}{
		{"glbt", window.Decision{Act: window.ActAccept}},
		{"cxbx", window.Decision{Act: window.ActNotice, Days: 10, Gaps: []window.Gap{
			{What: "户口簿首页没有拍", How: "带户口簿到窗口补拍首页，或在自助终端补交"}, {What: "缴费档次没有选", How: "在表上勾选一个档次"},
		}}},
		{"spxj", window.Decision{Act: window.ActRefuse, ReasonCode: "not_ours", Reason: "经营场所不在绵阳市内，不属于本机关管辖", RightOffice: "经营场所所在地的市场监督管理局"}},
		{"cbzm", window.Decision{Act: window.ActGrant, Facts: facts}},
		{"sbkbl", window.Decision{Act: window.ActGrant}},
	} {
		no := s.received(t, c.item, i+1)
		args, err := json.Marshal(map[string]string{"no": no})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.app.Receipt(auth.AsSystem(t.Context(), "jobs"), args); err != nil {
			t.Errorf("%s: receipt: %v", c.item, err)
		}
		if _, _, err := s.decide(t, no, c.d); err != nil {
			t.Errorf("%s: %s: %v", c.item, c.d.Act, err)
			continue
		}
		for _, d := range s.show(t, no).Documents {
			p, err := s.app.Paper(s.clerk(t), d.ID)
			if err != nil || len(p.Bytes) < 4000 || string(p.Bytes[:5]) != "%PDF-" {
				t.Errorf("%s: %s: %d bytes, %v", c.item, d.Title, len(p.Bytes), err)
			}
			if out := os.Getenv("PAPER_OUT"); out != "" {
				if err := os.WriteFile(filepath.Join(out, c.item+"-"+d.Kind+".pdf"), p.Bytes, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
