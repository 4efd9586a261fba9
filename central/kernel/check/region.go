package check

import (
	"fmt"
)

// regionTable holds the codes this product can judge: every province, and the counties of Mianyang. A county of another city is
// not judged, because a list that is not kept up to date would warn about people whose county was merely renamed.
type regionTable struct {
	provinces map[string]bool
	city      string            // first four digits that counties and former belong to
	counties  map[string]bool   // in use
	former    map[string]string // abolished code → what it was
}

// Provinces: first two digits of GB/T 2260. Counties: Mianyang (5107). 510799 is in neither list; it is not assigned, which is why
// sample people carry it.
var regions = regionTable{
	provinces: set(
		"11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46",
		"50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83",
	),
	city: "5107",
	counties: set(
		"510700", "510701", // 绵阳市, 市辖区
		"510703", "510704", "510705", // 涪城区, 游仙区, 安州区
		"510722", "510723", "510725", "510726", "510727", "510781", // 三台, 盐亭, 梓潼, 北川, 平武, 江油
	),
	former: map[string]string{
		"510702": "绵阳市市中区", "510721": "江油县", "510724": "安县",
	},
}

// judge returns a warning about the six-digit code, or the empty string.
func (t regionTable) judge(code string) string {
	if !t.provinces[code[:2]] {
		return fmt.Sprintf("前两位 %s 不是现行的省级代码，请核对证件", code[:2])
	}
	if code[:4] != t.city || t.counties[code] {
		return ""
	}
	if name, ok := t.former[code]; ok {
		return fmt.Sprintf("行政区划 %s（%s）已撤销，号码仍然有效", code, name)
	}
	return fmt.Sprintf("行政区划 %s 不在现行区划表里，请核对证件", code)
}

func set(codes ...string) map[string]bool {
	m := make(map[string]bool, len(codes))
	for _, c := range codes {
		m[c] = true
	}
	return m
}
