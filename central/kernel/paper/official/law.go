package official

import "tongban/central/kernel/paper"

// Clause is a provision quoted on a paper.
type Clause struct {
	Law   string // full name without brackets
	Place string // 第三十二条第一款第五项
	Text  string // the sentence, verbatim; …… where words are left out
}

func (c Clause) block() paper.Law {
	return paper.Law{Text: paper.Plain("依据《" + c.Law + "》" + c.Place + "：" + c.Text)}
}

func (c Clause) check() []string {
	var f faults
	f.need(c.Law != "" && c.Place != "" && c.Text != "", "法律依据的名称、条款项和原文")
	return f
}

const licensingLaw = "中华人民共和国行政许可法"

// The provisions on the papers. Compared in November 2026 word by word with a published full text of each law, in the versions named
// below; the only change is the full stop where an item ends with a semicolon. Whoever changes one compares it again.
//
//	行政许可法, as amended 2019-04-23: arts 32, 38, 42, 45, 82
//	行政复议法, as revised 2023-09-01: art. 20 (60 days), art. 24 (the people's government decides about its departments), art. 11 (3)
//	    and art. 23: a refusal to accept is not among the cases that must go to review before court
//	行政诉讼法, as amended 2017-06-27: art. 46 (6 months)
//	社会保险法, as amended 2018-12-29: art. 74 (in certificate.go)
var (
	// MustAccept is why an application is accepted.
	MustAccept = Clause{licensingLaw, "第三十二条第一款第五项",
		"申请事项属于本行政机关职权范围，申请材料齐全、符合法定形式，或者申请人按照本行政机关的要求提交全部补正申请材料的，应当受理行政许可申请。"}
	// TellOnce is why everything missing is told at once, and what happens when it is not.
	TellOnce = Clause{licensingLaw, "第三十二条第一款第四项",
		"申请材料不齐全或者不符合法定形式的，应当当场或者在五日内一次告知申请人需要补正的全部内容，逾期不告知的，自收到申请材料之日起即为受理。"}
	// NotOurs is why an application that belongs to another body is not accepted.
	NotOurs = Clause{licensingLaw, "第三十二条第一款第二项",
		"申请事项依法不属于本行政机关职权范围的，应当即时作出不予受理的决定，并告知申请人向有关行政机关申请。"}
	// NotNeeded is why an application for something that needs no licence is not accepted. The law says 不受理 here, not 不予受理.
	NotNeeded = Clause{licensingLaw, "第三十二条第一款第一项",
		"申请事项依法不需要取得行政许可的，应当即时告知申请人不受理。"}
	// Untrue is why an application with hidden or false facts is not accepted.
	Untrue = Clause{licensingLaw, "第七十八条",
		"行政许可申请人隐瞒有关情况或者提供虚假材料申请行政许可的，行政机关不予受理或者不予行政许可，并给予警告……"}
	// TwentyDays is the statutory period of a decision.
	TwentyDays = Clause{licensingLaw, "第四十二条第一款",
		"除可以当场作出行政许可决定的外，行政机关应当自受理行政许可申请之日起二十日内作出行政许可决定。二十日内不能作出决定的，经本行政机关负责人批准，可以延长十日，并应当将延长期限的理由告知申请人。但是，法律、法规另有规定的，依照其规定。"}
	// FortyFiveDays is the statutory period where several bodies decide together.
	FortyFiveDays = Clause{licensingLaw, "第四十二条第二款",
		"依照本法第二十六条的规定，行政许可采取统一办理或者联合办理、集中办理的，办理的时间不得超过四十五日；四十五日内不能办结的，经本级人民政府负责人批准，可以延长十五日，并应当将延长期限的理由告知申请人。"}
	// GiveReasons is why a denial is in writing, with its reasons and the remedy.
	GiveReasons = Clause{licensingLaw, "第三十八条第二款",
		"行政机关依法作出不予行政许可的书面决定的，应当说明理由，并告知申请人享有依法申请行政复议或者提起行政诉讼的权利。"}
	// NotCounted is which procedures stop the clock (特别程序).
	NotCounted = Clause{licensingLaw, "第四十五条",
		"行政机关作出行政许可决定，依法需要听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审的，所需时间不计算在本节规定的期限内。行政机关应当将所需时间书面告知申请人。"}
	// WorkingDays is why weekends and holidays do not count.
	WorkingDays = Clause{licensingLaw, "第八十二条", "本法规定的行政机关实施行政许可的期限以工作日计算，不含法定节假日。"}
)
