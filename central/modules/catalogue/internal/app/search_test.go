package app

import (
	"testing"

	"tongban/fleet/wire/matter"
)

// What people really type, over the items as they ship, with the dictionary's pinyin.
func TestSearchOverTheSeed(t *testing.T) {
	s := readSeed(t)
	var items []matter.Item
	for _, en := range s.Items {
		items = append(items, withPinyin(en.Item))
	}
	sortItems(items, s.Categories)
	index := matter.NewIndex(items, s.Synonyms)
	for _, c := range []struct{ q, first, searched string }{

		{"高龄", "glbt", ""}, {"gaoling", "glbt", ""}, {"gljt", "glbt", ""}, {"老人钱", "glbt", ""}, {"高灵津贴", "glbt", "高龄津贴"},
		{"居民养老", "cxbx", ""}, {"新农保", "cxbx", ""}, {"灵活", "lhjy", ""}, {"自己交社保", "lhjy", ""},
		{"社保卡", "sbkbl", ""}, {"社保卡丢了怎么办", "sbkbl", "社保卡丢了"}, {"shebaoka", "sbkbl", ""},
		{"公租房", "gzf", ""}, {"廉租", "gzf", ""}, {"gzfsq", "gzf", ""}, {"租房补贴", "gzf", ""},
		{"居住正", "jzz", "居住证"}, {"暂住证", "jzz", ""}, {"juzhuzheng", "jzz", ""}, {"jzz", "jzz", ""},
		{"失业", "syj", ""}, {"下岗", "syj", ""}, {"shiyedengji", "syj", ""}, {"失页", "syj", "失业"},
		{"残疾", "cjz", ""}, {"残疾补贴", "cjbt", ""}, {"canji", "cjz", ""}, {"开店", "spxj", ""}, {"面馆", "spxj", ""}, {"小经营店", "spxj", ""},
		{"异地看病", "ydjy", ""}, {"异地安置", "ydjy", ""}, {"参保证明", "cbzm", ""}, {"参宝证明", "cbzm", "参保证明"}, {"临时", "lsjz", ""}, {"救助", "lsjz", ""},
	} {
		hits, searched, hint, nearest := index.Search(c.q)
		it := items[hits[0].Index]
		if it.Code != c.first || searched != c.searched || nearest {
			t.Errorf("%q: first %s, searched %q, hint %q, nearest %v", c.q, it.Code, searched, hint, nearest)
		}
	}
}
