package app

import (
	"fmt"

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
	v := check.Verify(check.ID, l.body.Applicant.IDNumber)
	if v.State == check.Invalid {
		return &Advice{Text: "身份证号校验不过：" + v.Message, Confidence: 100}
	}
	return &Advice{OK: true, Text: "姓名、号码由读卡器从证件芯片读出，号码校验通过", Confidence: 100}
}

func (a *App) signatureAdvice(l loaded, p matter.Point) *Advice {
	for _, s := range l.signatures {
		if p.Ref != "" && s.Material != p.Ref {
			continue
		}
		return &Advice{OK: true, Text: "在 " + l.Terminal + " 签名，" + minute(s.At), Confidence: 100}
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
	for _, m := range l.body.Materials {
		if m.Code == p.Ref && m.Deferred {
			return &Advice{OK: true, Text: "申请人选了稍后补交", Confidence: 100}
		}
	}
	if n == 0 {
		return nil
	}
	return &Advice{OK: true, Text: fmt.Sprintf("%d 页，四角齐全、清晰度达标；内容请您看", n), Confidence: 90}
}
