package lint

import (
	"regexp"
	"slices"
	"strings"

	"tongban/central/kernel/check"
	"tongban/fleet/wire/matter"
)

// Bounds of the screens the texts stand on.
const (
	maxGuide = 60 // of a name that stands in lists and guides only
	maxName  = 24 // two lines
	maxShort = 8
	maxTitle = 16 // of a question, one line and a half
)

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9]{1,11}$`)

// codes: the numbers an item goes by.
func (l *linter) codes() {
	it, n := l.it, l.en.National
	l.say(!codeForm.MatchString(it.Code), "ITEM_CODE", "事项简码要以小写字母开头，2到12个小写字母和数字", "code wants 2 to 12 lower-case letters and digits")
	if v := check.Verify(check.USCC, it.OfficeCode); it.OfficeCode != "" {
		l.say(!v.OK(), "DEPT_CODE", "实施主体编码不对："+v.Message, "office_code is no unified credit code")
	}
	if it.TaskCode != "" {
		v := check.Verify(check.Task, it.TaskCode)
		l.say(!v.OK(), "TASK_CODE", "实施编码不对："+v.Message, "task_code is none")
		if v.OK() && len(it.TaskCode) == 31 {
			l.say(it.TaskCode[:18] != it.OfficeCode, "TASK_CODE", "实施编码前18位和实施主体编码不一致，请对照部门的统一社会信用代码", "task_code begins with another body than office_code")
			l.say(n.UseLevel != "" && it.TaskCode[18:19] != n.UseLevel, "TASK_CODE", "实施编码第19位和行使层级不一致", "task_code says another level than use_level")
			l.say(n.CatalogCode != "" && it.TaskCode[19:] != n.CatalogCode, "TASK_CODE", "实施编码后12位和基本编码不一致", "task_code ends with another base code than catalog_code")
		}
	}
	if n.HandleItem != "" {
		l.say(len(n.HandleItem) != 33 || !strings.HasPrefix(n.HandleItem, it.TaskCode), "TASK_HANDLE_ITEM", "办理项编码应是实施编码再加2位序号", "task_handle_item is not task_code and two digits")
	}
	l.say(n.CatalogCode != "" && len(n.CatalogCode) != 12, "CATALOG_CODE", "基本编码应是12位", "catalog_code has not 12 characters")
	x := l.x
	l.say(len(x.byCode[it.Code]) > 1, "ITEM_CODE", "事项简码和别的事项重了，请换一个", "code is taken")
	l.say(len(x.byName[it.Name]) > 1, "TASK_NAME", "事项名称和别的事项重了，请写出区别", "name is taken")
	l.say(it.TaskCode != "" && len(x.byTask[it.TaskCode+n.HandleItem]) > 1, "TASK_CODE", "实施编码和“"+x.other(x.byTask[it.TaskCode+n.HandleItem], it.Code)+"”重了", "task_code is taken")
}

// face: what stands in lists and at the head of the guide.
func (l *linter) face() {
	it := l.it
	l.say(it.Name == "" || runes(it.Name) > maxGuide, "TASK_NAME", f("事项名称有%d个字，要1到%d个", runes(it.Name), maxGuide), f("name has %d characters, want 1 to %d", runes(it.Name), maxGuide))
	l.say(it.Office == "" || it.DocMark == "" || it.Summary == "" || it.Icon == "", "TASK_SUMMARY", "实施主体、文号代字、一句话说明和图标都要有", "office, doc_mark, summary and icon are wanted")
	l.say(it.Fee == "", "FEE_EXPLAIN", "收费说明要填，不收费也写“不收费”", "fee is wanted, also where it is 不收费")
	l.say(len(l.en.Fees) > 0 && it.Fee == "不收费", "FEE_EXPLAIN", "列了收费项目，收费说明却写不收费，请改成一致", "fees are listed, but fee says none")
	l.say(len(it.Keywords) == 0, "KEYWORDS", "别名要填：大家平时怎么叫它？", "keywords: by what other names do people ask for it?")
	l.say(repeated(it.Keywords), "KEYWORDS", "别名里有一个写了两遍", "a keyword stands twice")
	l.say(slices.Contains(it.Keywords, it.Name), "KEYWORDS", "别名里不用再写正式名称", "the official name is no other name")
	l.say(len(it.Conditions) == 0, "APPLY_CONDITION", "申请条件要填：什么人能办？", "conditions: who may apply?")
	l.say(it.Result.Name == "" || it.Result.How == "", "RESULT_NAME", "结果要写名称和怎么领", "result wants a name and how it is got")
	l.say(!slices.Contains([]string{"licence", "proof", "registration", "payment"}, it.Result.Type), "RESULT_KIND", "结果性质要选证照、证明、登记或给付", f("result type %q is none", it.Result.Type))
	known := slices.ContainsFunc(l.x.c.Categories, func(c matter.Category) bool { return c.Key == it.Category })
	l.say(!known || it.Category == matter.AllKey, "CATEGORY", "没有这个分类，请从分类表里选", f("category %q is none", it.Category))
	for _, c := range it.Channels {
		l.say(!slices.Contains([]string{matter.AtKiosk, matter.AtWeb, matter.AtWindow}, c), "CHANNELS", "没有这个办理渠道", f("channel %q is none", c))
	}
}

// screen: what a terminal shows of an item that is applied for there.
func (l *linter) screen() {
	it := l.it
	l.say(runes(it.Name) > maxName, "TASK_NAME", f("在终端上办的事项，名称最多%d个字，现在%d个", maxName, runes(it.Name)), f("name has %d characters, want 1 to %d", runes(it.Name), maxName))
	l.say(it.Short == "" || runes(it.Short) > maxShort, "SHORT_NAME", f("简称有%d个字，要1到%d个", runes(it.Short), maxShort), f("short name has %d characters, want 1 to %d", runes(it.Short), maxShort))
	l.say(it.Minutes < 1 || it.Minutes > 60, "MINUTES", "终端上大约几分钟，要填1到60", f("minutes %d, want 1 to 60", it.Minutes))
	l.say(len(it.Notice) != 3, "NOTICE", f("告知内容有%d段，屏幕上正好三段", len(it.Notice)), f("notice has %d paragraphs, the screen says three", len(it.Notice)))
	for _, p := range it.Notice {
		l.say(p.Title == "" || p.Text == "", "NOTICE", "告知内容有一段是空的", "a notice paragraph is empty")
	}
	l.say(len(it.Uses) == 0, "USES", "要写明用到哪些个人信息", "uses: which personal data is used?")
	l.say(it.Result.Type == "proof" && len(it.Result.Lines) == 0 && it.Offered(matter.AtKiosk), "RESULT_LINES", "证明要写明内容有哪几项，否则开出来是空的", "a proof wants lines")
	l.say(it.Result.Type == "proof" && it.Result.Template == "" && it.Offered(matter.AtKiosk), "RESULT_GUID", "当场打印的证明要选结果样本", "a proof wants a template")
	l.say(!slices.Contains(it.Needs, "idcard"), "DEVICES", "要用的设备里要有身份证阅读器，不然认不了人", "needs: nobody is identified without idcard")
	l.say(repeated(it.Needs), "DEVICES", "有一个设备写了两遍", "needs: a device stands twice")
	for _, n := range it.Needs {
		l.say(!slices.Contains([]string{"idcard", "scanner", "receipt"}, n), "DEVICES", "没有这种设备", f("needs: no device kind %q", n))
	}
	scans := slices.Contains(it.Needs, "scanner")
	l.say(len(it.Materials) > 0 && !scans, "DEVICES", "要交材料，设备里却没有高拍仪", "needs: papers are asked for, but no scanner")
	l.say(len(it.Materials) == 0 && scans, "DEVICES", "不用交材料，设备里不用写高拍仪", "needs: a scanner, but no papers are asked for")
}
