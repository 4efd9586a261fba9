package notify

import (
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/errs"
)

// Template is one text that may be sent (短信模板). Operators register texts with the carrier beforehand, so that there are
// few and they are here.
type Template struct {
	Name string        // such as "signon.code"
	Text string        // with {name} for each argument
	Args []string      // all of them must be given, and no other
	Good time.Duration // how long after the act it is still worth sending
}

var templates = []Template{
	{"signon.code", "您的登录验证码是 {code}，{minutes} 分钟内有效。请勿告诉他人，工作人员不会向您索要。", []string{"code", "minutes"}, 5 * time.Minute},
	{"signon.locked", "您的账号因多次输错密码已锁定，{minutes} 分钟后自动解锁。若非本人操作，请联系安全管理员。", []string{"minutes"}, time.Hour},
	{"share.code", "您的共享验证码是 {code}，{minutes} 分钟内有效。只填在您自己手机扫码打开的页面里，请勿告诉他人，工作人员不会向您索要。", []string{"code", "minutes"}, 5 * time.Minute},
	{"case.accepted", "您的办件 {no} 已受理，{due} 前办完。凭编号可以查进度。", []string{"no", "due"}, 24 * time.Hour},
	{"case.paused", "您的办件 {no} 进入特别程序，这段时间不计入办理时限，请查看告知书。", []string{"no"}, 24 * time.Hour},
	{"case.resumed", "您的办件 {no} 恢复计时，{due} 前办完。", []string{"no", "due"}, 24 * time.Hour},
	{"case.extended", "您的办件 {no} 已延期，{due} 前办完，理由见延期告知书。", []string{"no", "due"}, 24 * time.Hour},
	{"case.ready", "您的办件 {no} 的结果可以领取了，请带本人证件到受理窗口。", []string{"no"}, 24 * time.Hour},
	{"case.supplement", "您的办件 {no} 需要补正材料，请查看告知书或致电受理窗口。", []string{"no"}, 24 * time.Hour},
	{"case.pickup", "您的办件 {no} 办好了。取件码 {code}，带身份证到窗口领取；代领的带委托书。", []string{"no", "code"}, 24 * time.Hour},
	{"region.correct", "您在本窗口交的 {no}，{region}要求补正材料，请带齐到窗口，窗口会替您送去。", []string{"no", "region"}, 24 * time.Hour},
	{"region.landed", "您在本窗口交的 {no}，{region}的结果到了，请带身份证到窗口领取。", []string{"no", "region"}, 24 * time.Hour},
	{"case.posted", "您的办件 {no} 的结果已经交邮政，邮件号 {parcel}。", []string{"no", "parcel"}, 24 * time.Hour},
	{"case.rate", "您的办件 {no} 已送达。请评价这次服务：{url}", []string{"no", "url"}, 24 * time.Hour},
	{"case.closed", "您的办件 {no} 已办结，结果：{result}。", []string{"no", "result"}, 24 * time.Hour},
}

// Templates lists what may be sent.
func Templates() []Template { return templates }

func find(name string) (Template, bool) {
	for _, t := range templates {
		if t.Name == name {
			return t, true
		}
	}
	return Template{}, false
}

// render fills t in. An argument is short and one line: it is data, not a second message.
func (t Template) render(args map[string]string) (string, error) {
	if len(args) != len(t.Args) {
		return "", fmt.Errorf("template %s wants %v", t.Name, t.Args)
	}
	text := t.Text
	for _, name := range t.Args {
		v, ok := args[name]
		if !ok || len([]rune(v)) > 60 || strings.ContainsAny(v, "\r\n{}") {
			return "", errs.E(errs.Internal, "notify.argument", "", fmt.Errorf("template %s: argument %s is missing or unfit", t.Name, name))
		}
		text = strings.ReplaceAll(text, "{"+name+"}", v)
	}
	return text, nil
}
