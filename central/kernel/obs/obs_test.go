package obs_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"

	"tongban/central/kernel/obs"
)

func TestTheLogDropsPersonalData(t *testing.T) {
	var b bytes.Buffer
	log, err := obs.NewLog(&b, "debug")
	if err != nil {
		t.Fatal(err)
	}
	log.With("applicant_phone", "13800000026").WithGroup("case").Info("case received",
		"id_number", "510799199001010018", "Password", "hunter2", "holder_name", "周立明", "X-Token", "t0ken",
		"note", "身份证510799199001010018，电话13800000026、+8613800000027", "case", "c-1", "count", 3,
		slog.Group("person", "address", "临园路东段1号"),
		"cause", fmt.Errorf("find 51079919900101001X: %w", errors.New("no row for 510799900101001")))
	out := b.String()
	for _, secret := range []string{"19900101", "900101001", "hunter2", "周立明", "t0ken", "1380000", "临园路"} {
		if strings.Contains(out, secret) {
			t.Errorf("%q is in the log: %s", secret, out)
		}
	}
	for _, kept := range []string{`"case":"c-1"`, `"count":3`, "[身份证]", "[手机号]", `"msg":"case received"`} {
		if !strings.Contains(out, kept) {
			t.Errorf("%q is not in the log: %s", kept, out)
		}
	}
	if _, err := obs.NewLog(&b, "loud"); err == nil {
		t.Error("a level that does not exist")
	}
}

func TestRedactText(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "case 019abdf3-b515-7000-8000-000000000000": "case 019abdf3-b515-7000-8000-000000000000",
		"510799199001010018":                    "[身份证]",
		"510799199001010018,51079919900101002X": "[身份证],[身份证]",
		"13800000026 13800000027":               "[手机号] [手机号]",
		"order 20261126093000123456":            "order 20261126093000123456",
		"at 1764123456789":                      "at 1764123456789",
		"sha256:13800000026abcdef":              "sha256:13800000026abcdef",
	} {
		if got := obs.RedactText(in); got != want {
			t.Errorf("%q → %q, want %q", in, got, want)
		}
	}
}

func TestPersonalKeys(t *testing.T) {
	for key, want := range map[string]bool{
		"phone": true, "agent_phone": true, "ID-Number": true, "holder": true, "session_token": true,
		"case": false, "telephones": false, "name": false, "module": false, "headphone": false,
	} {
		if obs.Personal(key) != want {
			t.Errorf("%s: %v", key, !want)
		}
	}
	in := map[string]string{"phone": "1", "item": "2"}
	out := obs.RedactMap(in)
	if out["phone"] != obs.Redacted || out["item"] != "2" || in["phone"] != "1" || obs.RedactMap(nil) != nil {
		t.Errorf("%v from %v", out, in)
	}
}

func TestMetricsText(t *testing.T) {
	m := obs.NewMetrics()
	c := m.Counter("case_total", "Cases.", "state")
	c.Inc("accepted")
	c.Add(2, "accepted")
	c.Inc(`odd "state"` + "\n\\")
	m.Gauge("queue_depth", "Depth.").Set(7)
	m.Gauge("queue_depth", "Depth.").Add(-2)
	m.Gauge("read_at_scrape", "Read.").Read(func() float64 { return math.Inf(1) })
	h := m.Histogram("took_seconds", "Time.", []float64{.1, 1}, "route")
	for _, v := range []float64{.05, .1, .5, 5} {
		h.Observe(v, "/a")
	}
	var b bytes.Buffer
	if err := m.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	want := `# HELP case_total Cases.
# TYPE case_total counter
case_total{state="accepted"} 3
case_total{state="odd \"state\"\n\\"} 1
# HELP queue_depth Depth.
# TYPE queue_depth gauge
queue_depth 5
# HELP read_at_scrape Read.
# TYPE read_at_scrape gauge
read_at_scrape +Inf
# HELP took_seconds Time.
# TYPE took_seconds histogram
took_seconds_bucket{route="/a",le="0.1"} 2
took_seconds_bucket{route="/a",le="1"} 3
took_seconds_bucket{route="/a",le="+Inf"} 4
took_seconds_sum{route="/a"} 5.65
took_seconds_count{route="/a"} 4
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// A label that comes from outside cannot eat memory.
func TestSeriesAreBounded(t *testing.T) {
	m := obs.NewMetrics()
	c := m.Counter("x_total", "X.", "id")
	for i := range 5000 {
		c.Inc(fmt.Sprint(i))
	}
	var b bytes.Buffer
	_ = m.WriteText(&b)
	if n := strings.Count(b.String(), "\n"); n > 1010 || !strings.Contains(b.String(), `x_total{id="other"} 4000`) {
		t.Errorf("%d lines", n)
	}
}

// Whatever stands around them, and in whatever shape they come, numbers of persons do not reach the log.
func FuzzTheLogDropsNumbers(f *testing.F) {
	for _, s := range []string{"", " ", "号码：", `{"a":"`, "\n", "，,；", "第1个 "} {
		f.Add(s, s, uint8(0))
	}
	numbers := []string{"510799199001010018", "51079919900101001X", "51079919900101001x", "510799900101001", "13800000026", "+8613800000026"}
	f.Fuzz(func(t *testing.T, before, after string, n uint8) {
		number := numbers[int(n)%len(numbers)]
		if glued(before, true) || glued(after, false) {
			return // part of a longer number or word: it is another one
		}
		text := before + number + after
		var b bytes.Buffer
		log, err := obs.NewLog(&b, "debug")
		if err != nil {
			t.Fatal(err)
		}
		type form struct {
			Note  string            `json:"note"`
			Lines []string          `json:"lines"`
			More  map[string]string `json:"more"`
		}
		log.Info(text, "note", text, "cause", errors.New(text), "form", form{text, []string{text}, map[string]string{"x": text, "phone": "a name " + after}}, slog.Group("g", "inner", text))
		if strings.Contains(b.String(), strings.TrimPrefix(number, "+86")) {
			t.Errorf("%q went into the log: %s", number, b.String())
		}
	})
}

// glued reports whether a text joins a number at its end, or at its beginning, to a longer word. Escapes count as letters:
// what JSON writes for them ends in one.
func glued(s string, end bool) bool {
	if s == "" {
		return false
	}
	c := s[0]
	if end {
		c = s[len(s)-1]
	}
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '+'
}

func TestNumbersOfEveryShape(t *testing.T) {
	var b bytes.Buffer
	log, err := obs.NewLog(&b, "debug")
	if err != nil {
		t.Fatal(err)
	}
	log.Info("shapes", "int", 13800000026, "uint", uint64(13800000027), "float", float64(13800000028), "list", []int64{13800000029}, "size", 4096, "nested", map[string]any{"id_number": "x7", "n": 1})
	for _, secret := range []string{"1380000002", "1.3800000028e+10", "x7"} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("%q is in the log: %s", secret, b.String())
		}
	}
	if !strings.Contains(b.String(), `"size":4096`) || !strings.Contains(b.String(), `"n":1`) {
		t.Errorf("harmless numbers went: %s", b.String())
	}
}
