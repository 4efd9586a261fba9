package app

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tongban/central/kernel/kerneltest"
	"tongban/fleet/wire/matter"
)

// many returns the seed with rows added until it holds n items (种子放大). The added ones are made of the shipped row's shape, with
// names of their own, so that searches have something to tell apart.
func many(t testing.TB, n int) fstest.MapFS {
	t.Helper()
	out := files(t)
	have := len(readSeed(t).Items)
	things := []string{"旅馆业", "印章业", "医疗机构", "养老机构", "民办学校", "道路运输", "建筑施工", "危险化学品", "水产苗种", "种畜禽", "网吧", "娱乐场所", "图书批发", "广播电视", "测绘资质", "取水", "排污", "林木采伐", "食品生产", "药品零售"}
	acts := []string{"许可核发", "许可变更", "许可延续", "许可注销", "备案", "年度报告", "补证", "登记", "资格确认", "现场核查申请"}
	places := []string{"", "（跨县区）", "（园区内）", "（个人）", "（小型）", "（临时）", "（首次）", "（联合）", "（委托）", "（试点）", "（线上）", "（外资）", "（农村）", "（城区）", "（山区）", "（校园）", "（景区）", "（社区）", "（口岸）", "（站场）", "（库区）", "（码头）", "（矿区）", "（医院）", "（市场）", "（工地）", "（楼宇）"}
	var b strings.Builder
	b.Write(out["rows/scjg.tsv"].Data)
	head, last := "", ""
	for line := range strings.Lines(string(out["rows/scjg.tsv"].Data)) {
		if strings.HasPrefix(line, "code\t") {
			head = line
		} else if !strings.HasPrefix(line, "#") {
			last = line
		}
	}
	at := map[string]int{}
	for i, c := range strings.Split(strings.TrimSpace(head), "\t") {
		at[c] = i
	}
	for i := range n - have {
		cells := strings.Split(strings.TrimRight(last, "\n"), "\t")
		name := things[i%20] + acts[i/20%10] + places[i/200%len(places)]
		cells[at["code"]], cells[at["name"]], cells[at["basic"]] = fmt.Sprintf("x%05d", i), name, fmt.Sprintf("5107999%05d", i)
		cells[at["keywords"]] = "办" + things[i%20] + "手续"
		b.WriteString(strings.Join(cells, "\t") + "\n")
	}
	out["rows/scjg.tsv"] = &fstest.MapFile{Data: []byte(b.String())}
	return out
}

// BenchmarkLoad is a first start and a start with nothing changed, with the catalogue's size.
func BenchmarkLoad(b *testing.B) {
	seed := many(b, 825)
	for b.Loop() {
		k := kerneltest.New(b)
		start := time.Now()
		a := open(b, k, seed)
		b.ReportMetric(time.Since(start).Seconds(), "first-s")
		start = time.Now()
		if err := a.Load(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(start).Seconds(), "again-s")
		s, err := a.Current(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(s.Gzip))/1024, "gzip-KiB")
		start = time.Now()
		r, err := gzip.NewReader(bytes.NewReader(s.Gzip))
		if err != nil {
			b.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		var got matter.Snapshot
		if err != nil || json.Unmarshal(raw, &got) != nil || len(got.Items) != 825 {
			b.Fatal(err, len(got.Items))
		}
		b.ReportMetric(float64(len(raw))/1024, "json-KiB")
		b.ReportMetric(float64(time.Since(start).Milliseconds()), "decode-ms")
	}
}

// BenchmarkCheck is the whole check over the shipped catalogue.
func BenchmarkCheck(b *testing.B) {
	s := readSeed(b)
	for b.Loop() {
		Lint(s)
	}
}

// asked is what people type, of every kind that search forgives or does not.
var asked = []string{
	"卡", "备案", "许可", "食品", "居住证", "高龄津贴", "社保卡丢了怎么办", "养老金", "退休金", "公积金", "shiyedengji", "gljt", "yanglao", "jzz", "wlgl",
	"高ling", "食品小经营店", "网吧许可证", "旅馆夜许可", "药品另售", "道路运输许可变跟", "shipinshengcan", "高宁津贴", "龘龘龘", "zzzzzz", "我想给我妈办高龄津贴", "医疗机构许可核发（园区内）", "备",
}

// BenchmarkSearch is one search over the catalogue and over six times as many, each kind of query as often.
func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{825, 5000} {
		s, err := ReadSeed(many(b, n))
		if err != nil {
			b.Fatal(err)
		}
		var items []matter.Item
		for _, en := range s.Items {
			items = append(items, withPinyin(en.Item))
		}
		start := time.Now()
		x := matter.NewIndex(items, nil)
		built := time.Since(start)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var took []time.Duration
			worst, at := time.Duration(0), ""
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				x.Search(asked[i%len(asked)])
				d := time.Since(start)
				took = append(took, d)
				if d > worst && i > len(asked) {
					worst, at = d, asked[i%len(asked)]
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
			b.ReportMetric(float64(built.Milliseconds()), "build-ms")
			b.Logf("slowest %s: %v", at, worst)
		})
	}
}
