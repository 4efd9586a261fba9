package speech

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestNothingPrivateIsSaid(t *testing.T) {
	secrets := []string{"陈桂芳", "陈*芳", "510799194603140028", "四川省绵阳市涪城区普明北路18号", "13908162150", "是", ""}
	for in, want := range map[string]string{
		"请陈桂芳来签名":                    "请，来签名",
		"请陈*芳来签名":                    "请，来签名",
		"请周*远来签名":                    "请，来签名", // nobody that the visit knows: the mask gives it away, with its neighbours
		"身份证号 510799194603140028 对吗": "身份证号 ， 对吗",
		"身份证号 510799********0028":    "身份证号 ，",
		"编号 MY261124-003-0037-6，请记下": "编号 ，，请记下",
		"核对码 7K4MQX":                 "核对码 ，",
		"电话 139 0816 2150":           "电话 ，",
		"住在四川省绵阳市涪城区普明北路18号":         "住在，",
		"第 3 步，共 6 步，是吗":             "第 3 步，共 6 步，是吗",
		"拍A4纸，最多拍 20 页，2026 年":       "拍A4纸，最多拍 20 页，2026 年",
		"Step 3 of 6: SCAN the page": "Step 3 of 6: SCAN the page",
	} {
		if got := Plain(in, secrets); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestSentences(t *testing.T) {
	got := Sentences("读好了，请核对。\n您要办什么事？ 按一件事就开始办。。，")
	if diff := cmp.Diff([]string{"读好了，请核对。", "您要办什么事？", "按一件事就开始办。"}, got); diff != "" {
		t.Error(diff)
	}
	long := Sentences(strings.Repeat("长", 5000))
	total := 0
	for _, s := range long {
		if n := utf8.RuneCountInString(s); n > maxSentence {
			t.Errorf("a sentence of %d", n)
		} else {
			total += n
		}
	}
	if total != maxText {
		t.Errorf("%d characters, want %d", total, maxText)
	}
	if s := Sentences(" ，。 "); len(s) != 0 {
		t.Errorf("%q of nothing", s)
	}
}

var long = regexp.MustCompile(`\d{5}|\*`)

func FuzzPlain(f *testing.F) {
	f.Add("请张*芳来签名 510799********0028 MY261124-003-0037-6", "张某某")
	f.Add("7K4MQX 139 0816 2150", "7K")
	f.Fuzz(func(t *testing.T, text, secret string) {
		if !utf8.ValidString(text) || !utf8.ValidString(secret) {
			t.Skip()
		}
		got := Plain(text, []string{secret})
		if found := long.FindString(got); found != "" {
			t.Errorf("%q is said of %q", found, text)
		}
		if utf8.RuneCountInString(secret) >= minSecret && !strings.Contains(secret, "，") && strings.Contains(got, secret) {
			t.Errorf("%q is said in %q", secret, got)
		}
	})
}
