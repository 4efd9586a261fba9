package module_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/catalogue"
	catalogued "tongban/central/modules/catalogue/module"
	statistics "tongban/central/modules/statistics/module"
	"tongban/central/modules/supervision"
	"tongban/central/modules/supervision/module"
	"tongban/central/modules/window"
	windowed "tongban/central/modules/window/module"
	"tongban/fleet/wire"
)

// Over the year's end of 2025 (跨年走查): 1 to 3 January 2026 are free, Sunday the 4th is worked, as the State Council published. The item
// promises five working days, the law gives twenty. Each date below was counted by hand on a paper calendar; none is computed.
//
//	December 2025   22 Mo 23 Tu 24 We 25 Th 26 Fr | 29 Mo 30 Tu 31 We
//	January 2026    free 1–3 | 4 Su works, 5 Mo 6 Tu 7 We 8 Th 9 Fr | 12–16 | 19–23 | 26–30
//
// A limit is half used, or over, once its day has passed, also when the next morning is a Saturday (G, P).
var matters = []matterOf{
	{"G", "ends in the old year", "2025-12-30", "2026-01-21", "reminder 2025-12-27, yellow 2025-12-30, red 2025-12-31, illegal 2026-01-22"},
	{"A", "runs over the year's end", "2026-01-06", "2026-01-27", "reminder 2026-01-05, yellow 2026-01-06, red 2026-01-07, illegal 2026-01-28"},
	{"B", "stands over the year's end and is resumed on the worked Sunday", "2026-01-07", "2026-01-28", "reminder 2026-01-06, yellow 2026-01-07, red 2026-01-08, illegal 2026-01-29"},
	{"P", "stands over the year's end and nobody resumes", "2026-01-09", "2026-01-30", "reminder 2026-01-08, yellow 2026-01-09, red 2026-01-10"},
	{"C", "was told what is missing on the last day, and accepted in the new year", "2026-01-14", "2026-02-04", "reminder 2026-01-13, yellow 2026-01-14"},
	{"D", "nobody answers", "", "", "yellow 2026-01-08, red 2026-01-09"},
	{"E", "is granted on the last day of the year", "2026-01-07", "2026-01-28", ""},
	{"F", "is given ten more days in the new year", "2026-01-22", "2026-02-12", "reminder 2026-01-14, yellow 2026-01-20"},
	{"H", "comes on the worked Sunday", "2026-01-09", "2026-01-30", ""},
}

type matterOf struct{ name, what, due, statutory, cards string }

// doings are the acts of each day; what the office does for the first time in the new year gets the first number.
var doings = map[string][]string{
	"2025-12-23": {"take G", "accept G"},
	"2025-12-24": {"take B", "accept B", "take P", "accept P"},
	"2025-12-29": {"take A", "accept A", "pause B 6", "pause P 6", "take C"},
	"2025-12-30": {"take E", "accept E", "draft"},
	"2025-12-31": {"take F", "accept F", "grant E", "notice C 3", "take D"},
	"2026-01-04": {"resume B", "take H", "accept H"},
	"2026-01-05": {"grant H", "extend F 10", "supplement C"},
	"2026-01-07": {"accept C"},
	"2026-01-14": {"grant C"},
	"2026-01-21": {"grant F"},
}

// ledger is what the test itself counts of a day.
type ledger struct{ received, accepted, ended int }

type years struct {
	*kerneltest.Kit
	*module.Supervision
	t       *testing.T
	window  *windowed.Window
	handler http.Handler
	seen    int64 // last event taken in
	nos     map[string]string
	papers  map[string][]string // numbers of papers by act
	days    map[string]ledger
	cards   map[string]map[string]int // day → level → how many
	head    string
}

func openYears(t *testing.T, k *kerneltest.Kit) *years {
	t.Helper()
	k.Clock.Set(time.Date(2025, 12, 22, 9, 0, 0, 0, clock.Shanghai))
	items, err := catalogued.New(k.Kernel, catalogue.Outside{})
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	w, err := windowed.New(k.Kernel, windowed.Needs{
		Items: items.Service, Calendar: cal, Public: "https://example.invalid", Notify: func(context.Context, db.Tx, string, wire.CaseNotice) error { return nil },
	})
	if err != nil {
		t.Skipf("no fonts in this build: %v", err)
	}
	numbers, err := statistics.New(k.Kernel, statistics.Needs{Cases: w.Service})
	if err != nil {
		t.Fatal(err)
	}
	y := &years{
		Kit: k, Supervision: module.New(k.Kernel, module.Needs{Window: w.Service, Papers: w.Carding, Calendar: cal}), t: t, window: w,
		nos: map[string]string{}, papers: map[string][]string{}, days: map[string]ledger{}, cards: map[string]map[string]int{},
	}
	k.Use(t, items.Module, w.Module, numbers.Module, y.Module)
	ctx := auth.AsSystem(t.Context(), "test")
	if y.head, err = k.Auth.Create(ctx, auth.Account{Login: "head", Name: "何志远", Roles: []string{"approver"}}, "Correct-Horse-9"); err != nil {
		t.Fatal(err)
	}
	clerk := auth.Actor{Kind: auth.Staff, ID: "u1", Name: "周敏", Desk: "B 区 12 号窗", Roles: []string{"clerk"}}.Granted(
		window.PermRead, window.PermAccept, window.PermNotice, window.PermGrant, window.PermRegister, window.PermDecide)
	k.HTTP.Authenticate("staff", func(*http.Request) (auth.Actor, error) { return clerk, nil })
	y.handler = k.HTTP.Handler()
	for _, m := range []func(context.Context) error{items.Module.Start, w.Module.Start, numbers.Module.Start} {
		if err := m(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return y
}

func (y *years) call(method, path, kind string, body []byte, out any) {
	y.t.Helper()
	r := httptest.NewRequest(method, "/api/staff/v1/window"+path, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Idempotency-Key", ids.New())
	w := httptest.NewRecorder()
	y.handler.ServeHTTP(w, r)
	if w.Code >= 300 {
		y.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	if out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			y.t.Fatal(err)
		}
	}
}

func (y *years) say(method, path string, body, out any) {
	y.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		y.t.Fatal(err)
	}
	y.call(method, path, "application/json", b, out)
}

type draft struct {
	ID        string
	Revision  int
	ExpiresOn string `json:"expires_on"`
}

func (y *years) begin() (d draft) {
	y.t.Helper()
	y.say("POST", "/registrations", map[string]any{
		"item": "glbt", "window": "B12", "phone": "13908162150", "applicant": map[string]string{
			"type": "resident", "name": "周立明", "id_number": "510799194001010015", "sex": "male", "nation": "01", "birth": "1940-01-01", "address": "四川省绵阳市样例区通办路1号", "way": "idcard",
		},
	}, &d)
	return d
}

// take takes one in at the counter and returns its number.
func (y *years) take() string {
	y.t.Helper()
	var page bytes.Buffer
	if err := png.Encode(&page, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		y.t.Fatal(err)
	}
	d := y.begin()
	at := "/registrations/" + d.ID
	y.call("POST", at+"/materials/hukou/pages", "image/png", page.Bytes(), &d)
	y.call("POST", at+"/signatures/applicant", "image/png", page.Bytes(), &d)
	y.say("PUT", at, map[string]any{
		"revision": d.Revision, "answers": map[string]string{"card": "social", "elsewhere": "none"},
		"form": map[string]any{"card_no": "6222020200112233446", "name": "周立明", "id_number": "510799194001010015", "region": "510703001", "street": "通办路1号1栋", "phone": "13908162150"},
	}, &d)
	var in struct {
		No string `json:"case_no"`
	}
	y.say("POST", at+"/submit", map[string]any{"revision": d.Revision}, &in)
	return in.No
}

// does is one line of doings.
func (y *years) does(day, line string) {
	y.t.Helper()
	f := strings.Fields(line)
	act, sum := f[0], y.days[day]
	defer func() { y.days[day] = sum }()
	switch act {
	case "draft":
		if d := y.begin(); d.ExpiresOn != "2026-01-06" {
			y.t.Errorf("a draft of 30 December is kept until %s", d.ExpiresOn)
		}
		return
	case "take":
		y.nos[f[1]] = y.take()
		sum.received++
		if want := "MY" + day[2:4] + day[5:7] + day[8:]; !strings.HasPrefix(y.nos[f[1]], want) {
			y.t.Errorf("on %s a case has the number %s", day, y.nos[f[1]])
		}
		return
	case "accept":
		sum.accepted++
	case "grant":
		sum.ended++
	}
	no := y.nos[f[1]]
	facts, err := y.window.Service.Facts(y.t.Context(), no)
	if err != nil {
		y.t.Fatal(err)
	}
	body := map[string]any{"version": facts.Version}
	if len(f) > 2 {
		body["days"] = json.Number(f[2])
	}
	switch act {
	case "pause":
		body["procedure"], body["reason"] = "testing", "检测，由样例检测公司做"
	case "extend":
		body["reason"], body["approver"] = "需要向外省核实户籍情况", y.head
	case "notice":
		body["gaps"] = []map[string]string{{"what": "户口簿首页没有拍", "how": "带户口簿到窗口补拍首页"}}
	case "supplement":
		body["materials"] = []string{}
	}
	var out struct{ Document struct{ No string } }
	y.say("POST", "/cases/"+no+"/"+act, body, &out)
	y.papers[act] = append(y.papers[act], out.Document.No)
}

// follows lets supervision take in what happened since, as its follower does.
func (y *years) follows() {
	y.t.Helper()
	last, err := y.Events.Last(y.t.Context())
	if err != nil {
		y.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(auth.AsSystem(y.t.Context(), "test"))
	defer stop()
	if y.seen >= last {
		return
	}
	for e := range y.Events.Stream(ctx, y.seen) {
		if strings.HasPrefix(e.Topic, "window.") {
			if err := y.DB.Do(ctx, func(tx db.Tx) error { return y.Take(ctx, tx, e) }); err != nil {
				y.t.Fatal(err)
			}
		}
		if y.seen = e.Seq; e.Seq >= last {
			return
		}
	}
}

// cardsOf is what a case was given, in order, and counts them by day.
func (y *years) cardsOf(no string) string {
	y.t.Helper()
	list, err := y.Service.CardsOf(y.t.Context(), no)
	if err != nil {
		y.t.Fatal(err)
	}
	slices.SortFunc(list, func(a, b supervision.Card) int {
		return cmp.Or(a.IssuedAt.Compare(b.IssuedAt), cmp.Compare(a.No, b.No))
	})
	var out []string
	for _, c := range list {
		day := calendar.DateOf(c.IssuedAt.In(clock.Shanghai)).String()
		out = append(out, string(c.Level)+" "+day)
		if y.cards[day] == nil {
			y.cards[day] = map[string]int{}
		}
		y.cards[day][string(c.Level)]++
	}
	return strings.Join(out, ", ")
}

// yesterday remembers what the monitor said each morning of the day before.
func (y *years) yesterday(said map[string]string) {
	y.t.Helper()
	m, err := y.Watch(auth.As(y.t.Context(), auth.Actor{Kind: auth.Staff, ID: "i", Name: "督查"}.Granted(supervision.PermMonitor)))
	if err != nil {
		y.t.Fatal(err)
	}
	day, rest, _ := strings.Cut(m.Yesterday, ": ")
	said[day], _, _ = strings.Cut(rest, ", running")
}

func TestOverTheYearsEnd(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		y := openYears(t, k)
		said, dues := map[string]string{}, map[string]string{}
		for d := calendar.On(2025, 12, 23); !d.After(calendar.On(2026, 1, 29)); d = d.AddDays(1) {
			k.Clock.Set(d.Time().Add(8 * time.Hour))
			y.yesterday(said)
			if err := y.Sweep(auth.AsSystem(t.Context(), "test")); err != nil {
				t.Fatal(err)
			}
			k.Clock.Set(d.Time().Add(10 * time.Hour))
			for _, line := range doings[d.String()] {
				y.does(d.String(), line)
			}
			y.follows()
			for name, no := range y.nos { // the last word of a running clock
				if f, err := y.window.Service.Facts(t.Context(), no); err == nil && f.Due != "" {
					dues[name] = f.Due + " " + f.Statutory
				}
			}
			k.Clock.Set(d.Time().Add(17 * time.Hour))
			if err := y.Sweep(auth.AsSystem(t.Context(), "test")); err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range matters {
			if got := y.cardsOf(y.nos[m.name]); got != m.cards {
				t.Errorf("%s %s has the cards %q, want %q", m.name, m.what, got, m.cards)
			}
			if got := strings.TrimSpace(dues[m.name]); got != strings.TrimSpace(m.due+" "+m.statutory) && m.due != "" {
				t.Errorf("%s %s is due on %s, want %s %s", m.name, m.what, got, m.due, m.statutory)
			}
		}
		y.numbers()
		y.sums(said)
		k.AuditCount(t)
	})
}

// numbers: papers, cases and cards begin anew with the year.
func (y *years) numbers() {
	y.t.Helper()
	want := map[string][]string{
		"accept": {"〔2025〕1号", "〔2025〕2号", "〔2025〕3号", "〔2025〕4号", "〔2025〕5号", "〔2025〕6号", "〔2026〕1号", "〔2026〕2号"},
		"grant":  {"〔2025〕1号", "〔2026〕1号", "〔2026〕2号", "〔2026〕3号"},
		"pause":  {"〔2025〕1号", "〔2025〕2号"}, "resume": {"〔2026〕1号"}, "extend": {"〔2026〕1号"}, "notice": {"〔2025〕1号"}, "supplement": {"〔2026〕1号"},
	}
	got := map[string][]string{}
	for act, nos := range y.papers {
		for _, no := range nos {
			got[act] = append(got[act], no[strings.Index(no, "〔"):])
		}
	}
	if d := diff.Diff(want, got); d != "" {
		y.t.Errorf("numbers of papers (-want +got):\n%s", d)
	}
	var nos []string
	for _, m := range matters {
		list, err := y.Service.CardsOf(y.t.Context(), y.nos[m.name])
		if err != nil {
			y.t.Fatal(err)
		}
		for _, c := range list {
			nos = append(nos, c.No)
		}
	}
	slices.Sort(nos)
	if len(nos) < 5 || nos[0] != "P-2025-0001" || nos[2] != "P-2025-0003" || nos[3] != "P-2026-0001" {
		y.t.Errorf("numbers of cards: %v", nos)
	}
}

// sums: what the monitor said each morning of the day before, and what the boards keep of each day, is what the test counted.
func (y *years) sums(said map[string]string) {
	y.t.Helper()
	last, err := y.Events.Last(y.t.Context())
	if err != nil {
		y.t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if n, err := y.Events.Reached(y.t.Context(), "statistics"); err == nil && n >= last-40 && y.Count(y.t, `SELECT count(*) FROM kernel_event WHERE topic LIKE 'window.%' AND seq > `+fmt.Sprint(n)) == 0 {
			break
		}
	}
	for _, day := range slices.Sorted(maps.Keys(said)) {
		l, cards := y.days[day], y.cards[day]
		if cards == nil {
			cards = map[string]int{}
		}
		if want := fmt.Sprintf("ended %d, cards %v", l.ended, cards); said[day] != want {
			y.t.Errorf("of %s the monitor said the next morning: %s; it was %s", day, said[day], want)
		}
		for column, want := range map[string]int{"received": l.received, "accepted": l.accepted, "ended": l.ended} {
			if got := y.Count(y.t, `SELECT coalesce(sum(`+column+`), 0) FROM statistics_day WHERE dim = 'place' AND day = '`+day+`'`); got != int64(want) {
				y.t.Errorf("the boards have %d %s on %s, the test counted %d", got, column, day, want)
			}
		}
	}
}
