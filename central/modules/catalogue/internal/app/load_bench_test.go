package app

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tongban/central/kernel/db"
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

// shelf is n items of the shipped shape in an index, and their names in a table for the raw twin.
func shelf(b *testing.B, n int) (*matter.Index, *kerneltest.Kit) {
	b.Helper()
	s, err := ReadSeed(many(b, n))
	if err != nil {
		b.Fatal(err)
	}
	var items []matter.Item
	for _, en := range s.Items {
		items = append(items, withPinyin(en.Item))
	}
	k := kerneltest.New(b)
	err = k.DB.Do(b.Context(), func(tx db.Tx) error {
		if _, err := tx.ExecContext(b.Context(), `CREATE TABLE bench_name (code TEXT PRIMARY KEY, name TEXT NOT NULL)`); err != nil {
			return err
		}
		for _, it := range items {
			if _, err := tx.ExecContext(b.Context(), `INSERT INTO bench_name VALUES ($1, $2)`, it.Code, it.Name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return matter.NewIndex(items, s.Synonyms), k
}

// timed runs one act again and again and reports the 95th percentile.
func timed(b *testing.B, act func(i int)) {
	b.Helper()
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		act(i)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Nanoseconds()), "p95-ns")
}

func searched(b *testing.B, n int) {
	b.Helper()
	x, _ := shelf(b, n)
	timed(b, func(i int) { x.Search(asked[i%len(asked)]) })
}

func searchedRaw(b *testing.B, n int) {
	b.Helper()
	_, k := shelf(b, n)
	timed(b, func(i int) {
		err := k.DB.View(b.Context(), func(q db.Query) error {
			rows, err := q.QueryContext(b.Context(), `SELECT code, name FROM bench_name WHERE name LIKE $1`, "%"+asked[i%len(asked)]+"%")
			if err != nil {
				return err
			}
			defer rows.Close() //nolint:errcheck // read whole
			for rows.Next() {
				var code, name string
				if err := rows.Scan(&code, &name); err != nil {
					return err
				}
			}
			return rows.Err()
		})
		if err != nil {
			b.Fatal(err)
		}
	})
}

// One search over the catalogue and over six times as many, each kind of query as often; the raw twins look for the same words in
// the names with one query of the database.
func BenchmarkSearch825(b *testing.B)     { searched(b, 825) }
func BenchmarkSearch825Raw(b *testing.B)  { searchedRaw(b, 825) }
func BenchmarkSearch5000(b *testing.B)    { searched(b, 5000) }
func BenchmarkSearch5000Raw(b *testing.B) { searchedRaw(b, 5000) }

// BenchmarkStep is one step of a questionnaire: the next question after random answers, and what is to be brought so far.
func BenchmarkStep(b *testing.B) {
	s := readSeed(b)
	var items []*matter.Item
	for i := range s.Items {
		if len(s.Items[i].Questions) > 0 {
			items = append(items, &s.Items[i].Item)
		}
	}
	random := rand.New(rand.NewPCG(20261126, 5)) //nolint:gosec // not a secret
	answers := map[string]string{}
	at := items[0]
	timed(b, func(int) {
		q, _, _, _, _ := matter.Next(at, answers)
		matter.Materials(at, answers)
		if q == nil {
			at, answers = items[random.IntN(len(items))], map[string]string{}
			return
		}
		answers[q.ID] = q.Options[random.IntN(len(q.Options))].Value
	})
}

// BenchmarkStepRaw is its control: one version read by its key.
func BenchmarkStepRaw(b *testing.B) {
	k := kerneltest.New(b)
	open(b, k, files(b))
	timed(b, func(int) {
		err := k.DB.View(b.Context(), func(q db.Query) error {
			var body string
			return q.QueryRowContext(b.Context(), `SELECT body FROM catalogue_item_version WHERE code = $1 AND version = $2`, "spxj", 1).Scan(&body)
		})
		if err != nil {
			b.Fatal(err)
		}
	})
}
