package vault_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tongban/central/kernel/vault"
)

func TestMasks(t *testing.T) {
	tests := []struct {
		name string
		mask func(string) string
		in   map[string]string
	}{
		{"id", vault.MaskID, map[string]string{
			"":                     "",
			"510799199001010018":   "510799********0018",
			"51079919900101001X":   "510799********001X",
			" 510799199001010018 ": "510799********0018",
			"510799900101001":      "510799*****1001",
			"E12345678":            "E1*****78",
			"H1234567890":          "H1*******90",
			"1234567":              "12***67",
			"123456":               "******",
			"A":                    "*",
			"51079919900101001Y":   "51**************1Y",
		}},
		{"name", vault.MaskName, map[string]string{
			"":                "",
			"阿":               "*",
			"周明":              "周*",
			"周立明":             "周*明",
			"欧阳立明":            "欧*明",
			"迪丽热巴·木拉提":        "迪*提",
			"阿卜杜热西提·买买提伊明":    "阿*明",
			"斯琴高娃":            "斯*娃",
			"𠮷田":              "𠮷*",
			"𠮷田立":             "𠮷*立",
			"㐂\U000E0100明":    "㐂\U000E0100*", // a variation selector is no character of its own
			"  周明 ":           "周*",
			"Zhou Liming":     "Z*g",
			"ئابدۇرېھىم ئەلى": "ئ*ى",
		}},
		{"phone", vault.MaskPhone, map[string]string{
			"":               "",
			"13800000026":    "138****0026",
			"+8613800000026": "138****0026",
			"0816-2233445":   "0816-*****45",
			"2233445":        "*****45",
			"12345":          "*****",
			"110":            "***",
		}},
		{"bank", vault.MaskBank, map[string]string{
			"":                    "",
			"6222020000000000018": "***************0018",
			" 62220200 ":          "****0200",
			"1234567":             "*******",
		}},
		{"address", vault.MaskAddress, map[string]string{
			"": "",
			"四川省绵阳市涪城区临园路东段1号":       "四川省绵阳市涪城区****",
			"绵阳市江油市诗仙路太白小区3栋":        "绵阳市江油市****",
			"涪城区临园路东段1号":             "涪城区****",
			"绵阳市涪城区城市花园小区":           "绵阳市涪城区****",
			"广西壮族自治区南宁市青秀区民族大道1号":    "广西壮族自治区南宁市青秀区****",
			"新疆维吾尔自治区伊犁哈萨克自治州霍城县水定镇": "新疆维吾尔自治区伊犁哈萨克自治州霍城县****",
			"四川省凉山彝族自治州西昌市北街1号":      "四川省凉山彝族自治州西昌市****",
			"北京市海淀区中关村大街1号":          "北京市海淀区****",
			"内蒙古自治区锡林郭勒盟正蓝旗上都镇":      "内蒙古自治区锡林郭勒盟正蓝旗****",
			"香港特别行政区油尖旺区弥敦道1号":       "香港特别行政区油尖旺区****",
			"临园路东段1号":                "临园****",
			"x":                      "****",
			"家":                      "****",
		}},
	}
	for _, tt := range tests {
		for in, want := range tt.in {
			if got := tt.mask(in); got != want {
				t.Errorf("%s %q: got %q, want %q", tt.name, in, got, want)
			}
		}
	}
}

// The masked types show nothing more whatever one does with them.
func TestMaskedTypesHoldTight(t *testing.T) {
	person := struct {
		ID      vault.ID
		Name    vault.Name
		Phone   vault.Phone
		Address vault.Address
		Bank    vault.Bank
	}{"510799199001010018", "迪丽热巴·木拉提", "13800000026", "四川省绵阳市涪城区临园路东段1号", "6222020000000000018"}
	text, err := json.Marshal(person)
	if err != nil {
		t.Fatal(err)
	}
	shown := string(text)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown += fmt.Sprintf(verb, person)
	}
	shown += person.ID.LogValue().String() + person.Name.LogValue().String() +
		person.Phone.LogValue().String() + person.Address.LogValue().String() + person.Bank.LogValue().String()
	for _, secret := range []string{"19900101", "丽热巴", "0000002", "临园路", "622202", "3139393030313031"} {
		if strings.Contains(shown, secret) {
			t.Errorf("%q shows in %s", secret, shown)
		}
	}
	if person.ID.Reveal() != "510799199001010018" {
		t.Error("the value is lost")
	}
}

// No mask keeps more than it promises, whatever comes.
func FuzzMasks(f *testing.F) {
	for _, s := range []string{"510799199001010018", "周立明", "13800000026", "四川省绵阳市涪城区临园路1号", "", "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		masked := vault.MaskName(s)
		if strings.TrimSpace(s) != "" && !strings.Contains(masked, "*") {
			t.Errorf("name %q → %q", s, masked)
		}
		for _, mask := range []func(string) string{vault.MaskID, vault.MaskPhone, vault.MaskAddress, vault.MaskBank} {
			if m := mask(s); strings.TrimSpace(s) != "" && !strings.Contains(m, "*") {
				t.Errorf("%q → %q", s, m)
			}
		}
	})
}
