package app

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"tongban/central/kernel/check"
	"tongban/central/kernel/clock"
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
		return a.identityAdvice(l, p)
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

// What the machine can check of a point about a person. A point often says more than that: only where every clause of it is one
// of these has the machine checked the whole.
var (
	sameAsCard = regexp.MustCompile(`^(申请人|经办人|残疾人|负责人|领证人)?身份证号?与读卡一致$`)
	agedOver   = regexp.MustCompile(`^(?:申请人)?年满(\d{1,3})周岁$`)
	agedUnder  = regexp.MustCompile(`^(?:未满|不满)(\d{1,3})周岁$`)
)

// identityAdvice says what the certificate told, and whether the age that the point asks for is reached today.
func (a *App) identityAdvice(l loaded, pt matter.Point) *Advice {
	p := l.body.Applicant
	resident := p.Type == "" || p.Type == "resident"
	if resident {
		if v := check.Verify(check.ID, p.IDNumber); v.State == check.Invalid {
			return &Advice{Text: "身份证号校验不过：" + v.Message, Confidence: 100}
		}
	}
	out := readAs(p.IdentifiedBy)
	birth, err := time.Parse("20060102", birthIn(p.IDNumber))
	known, whole := resident && err == nil, true
	age := yearsTo(birth, a.Clock.Now().In(clock.Shanghai))
	for _, clause := range strings.FieldsFunc(pt.Text, func(r rune) bool { return r == '，' || r == '；' }) {
		over, under := agedOver.FindStringSubmatch(clause), agedUnder.FindStringSubmatch(clause)
		switch {
		case over != nil && known && age < atoi(over[1]):
			return &Advice{Text: fmt.Sprintf("按身份证号，今天 %d 周岁，不满 %s 周岁", age, over[1]), Confidence: 100, unmet: true}
		case under != nil && known && age >= atoi(under[1]):
			return &Advice{Text: fmt.Sprintf("按身份证号，今天 %d 周岁，已满 %s 周岁", age, under[1]), Confidence: 100, unmet: true}
		case (over != nil || under != nil) && known:
			out.Text += fmt.Sprintf("；今天 %d 周岁", age)
		default:
			whole = whole && sameAsCard.MatchString(clause)
		}
	}
	out.Certain = whole && out.Confidence == 100
	return out
}

// readAs says how the person was identified.
func readAs(way string) *Advice {
	switch way {
	case "typed":
		return &Advice{OK: true, Text: "号码是手工输入的，请再对一遍证件原件", Confidence: 60}
	case "passport":
		return &Advice{OK: true, Text: "姓名、号码由护照机读区读出", Confidence: 95}
	case "chip":
		return &Advice{OK: true, Text: "姓名、号码由证件芯片读出，签发机关的签名核验通过", Confidence: 100}
	case byChannel:
		return &Advice{OK: true, Text: "姓名、号码由网上渠道实名核验，号码校验通过", Confidence: 90}
	case "code":
		return &Advice{OK: true, Text: "由本人出示的个人码核对", Confidence: 95}
	}
	return &Advice{OK: true, Text: "姓名、号码由读卡器从证件芯片读出，号码校验通过", Confidence: 100}
}

// birthIn is the day of birth in an ID number, "" in anything else (GB 11643).
func birthIn(id string) string {
	if len(id) != 18 {
		return ""
	}
	return id[6:14]
}

func yearsTo(birth, now time.Time) int {
	n := now.Year() - birth.Year()
	if now.Month() < birth.Month() || now.Month() == birth.Month() && now.Day() < birth.Day() {
		n--
	}
	return n
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n } // digits by the pattern

func (a *App) signatureAdvice(l loaded, p matter.Point) *Advice {
	for _, s := range l.signatures {
		if p.Ref != "" && s.Material != p.Ref {
			continue
		}
		where := l.Terminal
		if l.Channel == ChannelWindow {
			where = "签字板"
		}
		if where == "" {
			where = l.Place // an online channel has no terminal
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
	if l.body.Applicant.IdentifiedBy == byChannel {
		return &Advice{OK: true, Text: fmt.Sprintf("网上传来 %d 页；清不清楚、内容对不对请您看", n), Confidence: 70}
	}
	return &Advice{OK: true, Text: fmt.Sprintf("%d 页，四角齐全、清晰度达标；内容请您看", n), Confidence: 90}
}

func withNote(note string) string {
	if note == "" {
		return ""
	}
	return "（" + note + "）"
}
