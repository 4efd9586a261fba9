package matter

import (
	"strings"
	"testing"
	"unicode/utf8"
)

var shelf = []Item{
	{Code: "glbt", Name: "80周岁以上老年人高龄津贴发放", Short: "高龄津贴申请", Frequent: 1, Keywords: []string{"高龄补贴", "老人钱"}},
	{Code: "dbsq", Name: "最低生活保障", Short: "低保申请", Keywords: []string{"低保"}},
	{Code: "cxbx", Name: "城乡居民基本养老保险参保登记", Short: "居民养老参保", Keywords: []string{"养老金", "新农保"}},
	{Code: "sbk", Name: "社会保障卡补领、换领、换发", Short: "社保卡补领换领", Frequent: 2, Keywords: []string{"社保卡丢了"}},
	{Code: "etc", Name: "ETC服务与账单查询", Short: "ETC查询", Keywords: []string{"高速费"}},
}

func TestSearch(t *testing.T) {
	for _, c := range []struct {
		q, first, marked, searched, hint string
		nearest                          bool
	}{
		{q: "高龄", first: "glbt", marked: "高龄"},
		{q: "卡", first: "sbk", marked: "卡"},
		{q: "80", first: "glbt", marked: "80"},
		{q: "８０周岁", first: "glbt", marked: "80周岁"},
		{q: "养老 保险", first: "cxbx", marked: "养老保险"},
		{q: "补领换领", first: "sbk", marked: "补领、换领"}, // signs do not count
		{q: "低保", first: "dbsq", hint: "“低保”在这里叫“最低生活保障”。"},
		{q: "etc", first: "etc", marked: "ETC"},
		{q: "yanglao", first: "cxbx", marked: "养老"},
		{q: "yang lao", first: "cxbx", marked: "养老"},
		{q: "yanglbx", first: "cxbx", marked: "养老保险"},
		{q: "jbylbx", first: "cxbx", marked: "基本养老保险"},
		{q: "gaolingj", first: "glbt", marked: "高龄津"},
		{q: "shbz", first: "sbk", marked: "社会保障"},
		{q: "高ling", first: "glbt", marked: "高龄"},
		{q: "低宝", first: "dbsq", searched: "低保", hint: "没有“低宝”，已按“低保”找。低保在这里叫“最低生活保障”。"},
		{q: "老人前", first: "glbt", searched: "老人钱", hint: "没有“老人前”，已按“老人钱”找。老人钱在这里叫“80周岁以上老年人高龄津贴发放”。"},
		{q: "林时高林津贴", first: "glbt", nearest: true, hint: "没有找到“林时高林津贴”，下面三件最接近。"},
		{q: "高宁津贴", first: "glbt", marked: "高龄津贴", searched: "高龄津贴", hint: "没有“高宁津贴”，已按“高龄津贴”找。"}, // n and l
		{q: "高龄精帖", first: "glbt", marked: "高龄津贴", searched: "高龄津贴", hint: "没有“高龄精帖”，已按“高龄津贴”找。"}, // ing and in
		{q: "高龄的津贴", first: "glbt", marked: "高龄津贴", searched: "高龄津贴", hint: "没有“高龄的津贴”，已按“高龄津贴”找。"},
		{q: "养保老险", first: "cxbx", marked: "养老保险", searched: "养老保险", hint: "没有“养保老险”，已按“养老保险”找。"},
		{q: "yanglap", first: "cxbx", marked: "养老", searched: "养老", hint: "没有“yanglap”，已按“养老”找。"},
		{q: "我想给我妈办低保", first: "dbsq", searched: "低保", hint: "没有“我想给我妈办低保”，已按“低保”找。低保在这里叫“最低生活保障”。"},
		{q: "龘", first: "glbt", nearest: true, hint: "没有找到“龘”，下面三件最接近。"},
		{q: "zzzz", first: "glbt", nearest: true, hint: "没有找到“zzzz”，下面三件最接近。"},
		{q: "", first: "glbt"},
		{q: "  。", first: "glbt"},
	} {
		hits, searched, hint, nearest := Search(shelf, c.q)
		if len(hits) == 0 {
			t.Errorf("%q finds nothing", c.q)
			continue
		}
		h := hits[0]
		it := shelf[h.Index]
		marked := string([]rune(it.Name)[h.From:h.To])
		if it.Code != c.first || marked != c.marked || searched != c.searched || hint != c.hint || nearest != c.nearest {
			t.Errorf("%q: %s marked %q, searched %q, hint %q, nearest %v", c.q, it.Code, marked, searched, hint, nearest)
		}
		if c.nearest && len(hits) != 3 {
			t.Errorf("%q: %d nearest", c.q, len(hits))
		}
	}
}

// Words that mean the same find the same, with a hint; what was found as typed stays in front.
func TestSynonyms(t *testing.T) {
	x := NewIndex(shelf, [][]string{{"养老金", "退休金", "退休工资"}, {"社保卡", "社会保障卡"}, {"低保", "生活补助"}})
	for _, c := range []struct{ q, first, searched string }{
		{"退休金", "cxbx", "养老金"},
		{"退休工资", "cxbx", "养老金"},
		{"退休金怎么领", "cxbx", "养老金"},
		{"生活补助", "dbsq", "低保"},
		{"社保卡", "sbk", ""},
		{"社会保障卡", "sbk", ""},
	} {
		hits, searched, hint, nearest := x.Search(c.q)
		if got := shelf[hits[0].Index].Code; got != c.first || searched != c.searched || nearest || (searched != "") != (hint != "") {
			t.Errorf("%q: %s, searched %q, hint %q, nearest %v", c.q, got, searched, hint, nearest)
		}
	}
}

// What is left out by the lists of characters is nothing that would have been found.
func TestNothingIsLeftOut(t *testing.T) {
	x := NewIndex(shelf, nil)
	for _, q := range []string{"高龄", "卡", "80", "yanglao", "高ling", "jbylbx", "补领换领", "etc", "e", "低bao", "龘"} {
		text := fold(q).text
		held := map[int32]bool{}
		for _, no := range x.mayHold(text) {
			held[no] = true
		}
		for no := range x.words {
			if _, ok := x.words[no].find(text); ok && !held[int32(no)] {
				t.Errorf("%q stands in %s, which is not looked at", q, x.words[no].said)
			}
		}
	}
	for _, q := range []string{"高龄的津贴", "养保老险", "高龄津帖", "低保低", "保低"} {
		text := fold(q).text
		held := map[int32]bool{}
		for _, no := range x.sharing(text, len(text)-1) {
			held[no] = true
		}
		for no := range x.words {
			w := &x.words[no]
			for from := range w.text {
				for to := from + 1; to <= min(len(w.text), from+len(text)+1); to++ {
					if slip(w, from, to, text) > 0 && !held[int32(no)] {
						t.Errorf("%q is a slip for %s, which is not looked at", q, w.original(from, to))
					}
				}
			}
		}
	}
}

func TestSearchExactly(t *testing.T) {
	if hits, hint, nearest := SearchExactly(shelf, "低宝"); !nearest || len(hits) != 3 || !strings.Contains(hint, "低宝") {
		t.Errorf("forgives: %v %q %v", hits, hint, nearest)
	}
	if hits, _, nearest := SearchExactly(shelf, "低保"); nearest || shelf[hits[0].Index].Code != "dbsq" {
		t.Errorf("does not find what is there: %v", hits)
	}
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"低保", "yanglao", "高ling", "ＡＢＣ", "a\u0301", "\xff", "İ", strings.Repeat("gaoling", 30)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, q string) {
		hits, searched, hint, _ := Search(shelf, q)
		if len(hits) == 0 {
			t.Fatalf("%q: an empty page", q)
		}
		if !utf8.ValidString(hint) && utf8.ValidString(q) || searched != "" && hint == "" {
			t.Fatalf("%q: searched %q, hint %q", q, searched, hint)
		}
		seen := map[int]bool{}
		for i, h := range hits {
			n := utf8.RuneCountInString(shelf[h.Index].Name)
			if h.From < 0 || h.From > h.To || h.To > n || seen[h.Index] || i > 0 && h.Score > hits[i-1].Score {
				t.Fatalf("%q: hit %+v", q, h)
			}
			seen[h.Index] = true
		}
	})
}

func BenchmarkSearchMiss(b *testing.B) {
	items := make([]Item, 0, 220)
	for len(items) < 220 {
		items = append(items, shelf...)
	}
	for b.Loop() {
		Search(items, "龘龘龘龘")
	}
}
