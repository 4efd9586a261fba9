package app

import (
	"fmt"
	"slices"

	"tongban/central/kernel/check"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// advise says what the machine can know of a review point, nil where it can know nothing. It only states what was read or
// recomputed; whether a paper says the right thing is for the clerk's eyes.
func (a *App) advise(l loaded, p matter.Point) *Advice {
	switch p.On {
	case "form":
		return formAdvice(l, p)
	case "signature":
		return a.signatureAdvice(l, p)
	case "material":
		return materialAdvice(l, p)
	case "identity":
		return identityAdvice(l)
	default:
		return nil
	}
}

func formAdvice(l loaded, p matter.Point) *Advice {
	var only []string
	if p.Ref != "" {
		only = []string{p.Ref}
	}
	wrong := form.Check(l.item.Form, l.body.Form, only)
	if len(wrong) > 0 {
		return &Advice{Text: wrong[0].Message, Confidence: 100}
	}
	return &Advice{OK: true, Text: "按表单规则重新核对过，没有问题", Confidence: 100}
}

func identityAdvice(l loaded) *Advice {
	p := l.body.Applicant
	if p.Type == "" || p.Type == "resident" {
		if v := check.Verify(check.ID, p.IDNumber); v.State == check.Invalid {
			return &Advice{Text: "身份证号校验不过：" + v.Message, Confidence: 100}
		}
	}
	switch p.IdentifiedBy {
	case "typed":
		return &Advice{OK: true, Text: "号码是手工输入的，请再对一遍证件原件", Confidence: 60}
	case "passport":
		return &Advice{OK: true, Text: "姓名、号码由护照机读区读出", Confidence: 95}
	case "code":
		return &Advice{OK: true, Text: "由本人出示的个人码核对", Confidence: 95}
	}
	return &Advice{OK: true, Text: "姓名、号码由读卡器从证件芯片读出，号码校验通过", Confidence: 100}
}

func (a *App) signatureAdvice(l loaded, p matter.Point) *Advice {
	for _, s := range l.signatures {
		if p.Ref != "" && s.Material != p.Ref {
			continue
		}
		where := l.Terminal
		if l.Channel == ChannelWindow {
			where = "签字板"
		}
		return &Advice{OK: true, Text: "在 " + where + " 签名，" + minute(s.At), Confidence: 100}
	}
	if len(l.extra.Signed) > 0 && (p.Ref == "" || slices.Contains(l.extra.Signed, p.Ref)) {
		return &Advice{OK: true, Text: "在纸上签名，经办人核对", Confidence: 80}
	}
	return &Advice{Text: "没有找到签名", Confidence: 100}
}

func materialAdvice(l loaded, p matter.Point) *Advice {
	n := 0
	for _, f := range l.pages {
		if f.Material == p.Ref {
			n++
		}
	}
	switch h := l.extra.Held[p.Ref]; h.Source {
	case SourceLicence:
		return &Advice{OK: true, Text: "已用电子证照核对" + withNote(h.Note), Confidence: 95}
	case SourceEarlier:
		return &Advice{OK: true, Text: "以前交过，已调取" + withNote(h.Note) + "；内容请您看是否还有效", Confidence: 80}
	}
	for _, m := range l.body.Materials {
		if m.Code == p.Ref && m.Deferred && l.awaits(p.Ref) {
			return &Advice{OK: true, Text: "申请人选了稍后补交", Confidence: 100}
		}
	}
	if n == 0 {
		return nil
	}
	if l.Channel == ChannelWindow {
		return &Advice{OK: true, Text: fmt.Sprintf("窗口扫描 %d 页；内容请您看", n), Confidence: 85}
	}
	return &Advice{OK: true, Text: fmt.Sprintf("%d 页，四角齐全、清晰度达标；内容请您看", n), Confidence: 90}
}

func withNote(note string) string {
	if note == "" {
		return ""
	}
	return "（" + note + "）"
}
