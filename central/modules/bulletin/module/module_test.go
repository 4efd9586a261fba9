package module_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/bulletin"
	"tongban/central/modules/bulletin/module"
	"tongban/fleet/wire"
)

// desk is an editor and a terminal at one centre.
type desk struct {
	*testing.T
	kit   *kerneltest.Kit
	http  http.Handler
	etag  string
	board struct {
		Columns []struct {
			On         bool
			All, Shown int
		}
		Rows []row
	}
}

type row struct {
	Code, State string
	Seq         int64
}

func open(t *testing.T, k *kerneltest.Kit, perms ...string) *desk {
	t.Helper()
	m := module.New(k.Kernel)
	k.Use(t, m)
	for range 2 { // a second start loads nothing twice
		if err := m.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	who := auth.Who(k.With(t, perms...))
	k.HTTP.Authenticate("staff", func(*http.Request) (auth.Actor, error) { return who, nil })
	k.HTTP.Authenticate("kiosk", func(*http.Request) (auth.Actor, error) { return auth.Actor{Kind: auth.Terminal, ID: "K-01"}, nil })
	return &desk{T: t, kit: k, http: k.HTTP.Handler()}
}

// fetch asks as a terminal does.
func (d *desk) fetch(want int) (b wire.Bulletin) {
	d.Helper()
	r := httptest.NewRequest(http.MethodGet, wire.PathBulletin, nil)
	r.Header.Set("If-None-Match", d.etag)
	w := httptest.NewRecorder()
	d.http.ServeHTTP(w, r)
	if w.Code != want {
		d.Fatalf("%d, want %d: %s", w.Code, want, w.Body)
	}
	d.etag = w.Header().Get("ETag")
	if want == http.StatusOK {
		if err := json.Unmarshal(w.Body.Bytes(), &b); err != nil {
			d.Fatal(err)
		}
	}
	return b
}

func (d *desk) keyed(key, path, body string, want int) (code string) {
	d.Helper()
	r := httptest.NewRequest(http.MethodPost, "/api/staff/v1/bulletin/"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", key)
	w := httptest.NewRecorder()
	d.http.ServeHTTP(w, r)
	if w.Code != want {
		d.Fatalf("%s: %d, want %d: %s", path, w.Code, want, w.Body)
	}
	var out struct{ Code string }
	_ = json.Unmarshal(w.Body.Bytes(), &out) // a refusal's code, or what was made
	return out.Code
}

func (d *desk) post(path, body string, want int) string {
	d.Helper()
	return d.keyed(ids.New(), path, body, want)
}

// refused is a post that is refused with a code.
func (d *desk) refused(path, body string, want int, code string) {
	d.Helper()
	if got := d.post(path, body, want); got != code {
		d.Errorf("%s: refused with %q, want %q", path, got, code)
	}
}

// read asks for the editors' page.
func (d *desk) read() {
	d.Helper()
	w := httptest.NewRecorder()
	d.http.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/staff/v1/bulletin/entries", nil))
	if err := json.Unmarshal(w.Body.Bytes(), &d.board); w.Code != http.StatusOK || err != nil {
		d.Fatalf("%d: %s", w.Code, w.Body)
	}
}

func (d *desk) state(code string) (state string, seq int64) {
	d.Helper()
	d.read()
	for _, r := range d.board.Rows {
		if r.Code == code {
			return r.State, r.Seq
		}
	}
	return "", 0
}

func has(b wire.Bulletin, code string) bool {
	return slices.ContainsFunc(b.Entries, func(e wire.BulletinEntry) bool {
		return e.Code == code && e.Title != "" && e.Body != "" && e.Source != ""
	})
}

func names(b wire.Bulletin) (out []string) {
	for _, c := range b.Columns {
		out = append(out, c.Name)
	}
	return out
}

const text = `"title":"新的一条","body":"内容在这里","source":"样例局","on":"2026-11-25"`

// What is written is nobody's to see; what is published is at the terminals with the next question, what is withdrawn is gone, what is put
// back is there again, and nothing is sent twice.
func TestPublishedAndWithdrawn(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		d := open(t, k, bulletin.PermRead, bulletin.PermWrite)
		first := d.fetch(http.StatusOK)
		for _, code := range []string{"policy-days", "notice-move", "antifraud-police", "news-hours", "service-copy"} {
			if !has(first, code) {
				t.Errorf("%s is not there", code)
			}
		}
		d.fetch(http.StatusNotModified)

		key := ids.New()
		code := d.keyed(key, "entries", `{"column":"antifraud",`+text+`}`, http.StatusOK)
		if again := d.keyed(key, "entries", `{"column":"antifraud",`+text+`}`, http.StatusOK); again != code {
			t.Errorf("the same press made %s and %s", code, again)
		}
		if state, _ := d.state(code); state != "draft" || has(d.fetch(http.StatusOK), code) {
			t.Errorf("written, and %s", state)
		}
		d.post("entries/"+code+"/publish", ``, http.StatusNoContent)
		b := d.fetch(http.StatusOK)
		i := slices.IndexFunc(b.Entries, func(e wire.BulletinEntry) bool { return e.Code == code })
		if i < 0 || b.Entries[i].Column != "antifraud" || b.Entries[i].Kind != wire.BulletinNews { // kind: what terminals from before columns sort by
			t.Fatalf("%+v", b.Entries)
		}
		d.refused("entries/"+code+"/publish", ``, http.StatusConflict, "bulletin.state")
		d.post("entries/"+code+"/withdraw", `{"reason":"写错了"}`, http.StatusNoContent)
		if state, _ := d.state(code); state != "withdrawn" || has(d.fetch(http.StatusOK), code) {
			t.Errorf("withdrawn, and %s", state)
		}
		d.refused("entries/"+code+"/withdraw", `{"reason":"写错了"}`, http.StatusConflict, "bulletin.state")

		_, seq := d.state(code)
		changed := fmt.Sprintf(`{"column":"notice","seq":%d,"title":"改过的一条","body":"内容在这里","source":"样例局","on":"2026-11-25"}`, seq)
		d.post("entries/"+code+"/edit", changed, http.StatusNoContent)
		d.refused("entries/"+code+"/edit", changed, http.StatusConflict, "bulletin.changed") // somebody else's page still shows the old one
		if has(d.fetch(http.StatusOK), code) {
			t.Error("edited, and shown by that")
		}
		d.post("entries/"+code+"/restore", `{"reason":"改好了"}`, http.StatusNoContent)
		b = d.fetch(http.StatusOK)
		if i := slices.IndexFunc(b.Entries, func(e wire.BulletinEntry) bool { return e.Code == code }); i < 0 || b.Entries[i].Title != "改过的一条" || b.Entries[i].Column != "notice" {
			t.Errorf("%+v", b.Entries)
		}
		if n := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action IN ('bulletin.write', 'bulletin.publish', 'bulletin.withdraw', 'bulletin.edit', 'bulletin.restore') AND object = '`+code+`'`); n != 5 {
			t.Errorf("%d acts on record", n)
		}
	})
}

// Columns are renamed, added, ordered and switched off at the centre, and the terminal has it with its next question; entries stay.
func TestColumnsAreChangedAtTheCentre(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		d := open(t, k, bulletin.PermRead, bulletin.PermWrite)
		same := func(want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, names(d.fetch(http.StatusOK))); diff != "" {
				t.Error(diff)
			}
		}
		same("政策法规", "通知公告", "防诈宣传", "办事动态", "便民服务")
		d.post("columns/antifraud/rename", `{"name":"反诈提醒"}`, http.StatusNoContent)
		same("政策法规", "通知公告", "反诈提醒", "办事动态", "便民服务")
		d.refused("columns/policy/rename", `{"name":" 反诈提醒 "}`, http.StatusConflict, "bulletin.name")
		d.refused("columns/nowhere/rename", `{"name":"哪里也没有"}`, http.StatusNotFound, "bulletin.no_column")
		d.refused("columns/policy/rename", `{"name":"   "}`, http.StatusUnprocessableEntity, "bulletin.short")

		added := d.post("columns", `{"name":"招考信息","kind":"news"}`, http.StatusOK)
		same("政策法规", "通知公告", "反诈提醒", "办事动态", "便民服务", "招考信息")
		d.refused("columns", `{"name":"招考信息","kind":"service"}`, http.StatusConflict, "bulletin.name")
		d.refused("columns/order", `{"codes":["antifraud","policy","notice","news","service"]}`, http.StatusConflict, "bulletin.order") // somebody who has not seen the new one
		d.refused("columns/order", `{"codes":["antifraud","policy","notice","news","service","service"]}`, http.StatusConflict, "bulletin.order")
		d.post("columns/order", `{"codes":["antifraud","`+added+`","policy","notice","news","service"]}`, http.StatusNoContent)
		same("反诈提醒", "招考信息", "政策法规", "通知公告", "办事动态", "便民服务")

		d.post("columns/antifraud/off", `{"reason":"内容要重写"}`, http.StatusNoContent)
		b := d.fetch(http.StatusOK)
		if has(b, "antifraud-police") || slices.Contains(names(b), "反诈提醒") {
			t.Errorf("switched off, and told: %v", names(b))
		}
		draft := d.post("entries", `{"column":"antifraud",`+text+`}`, http.StatusOK)
		d.refused("entries/"+draft+"/publish", ``, http.StatusConflict, "bulletin.column_off")
		d.read()
		if !slices.ContainsFunc(d.board.Rows, func(r row) bool { return r.Code == "antifraud-police" && r.State == "shown" }) {
			t.Error("an entry of a column that is off is lost")
		}
		if c := d.board.Columns[0]; c.On || c.All != 3 || c.Shown != 0 {
			t.Errorf("%+v", c)
		}
		d.post("columns/antifraud/on", ``, http.StatusNoContent)
		if b := d.fetch(http.StatusOK); !has(b, "antifraud-police") || has(b, draft) {
			t.Error("switched on again, and not as it was")
		}
		d.post("columns", `{"name":"第六个","kind":"news"}`, http.StatusOK)
		d.refused("columns", `{"name":"第七个","kind":"news"}`, http.StatusConflict, "bulletin.columns")
		d.post("columns", `{"name":"便民电话","kind":"service"}`, http.StatusOK) // the other list has room
		d.refused("columns", `{"name":"一二三四五六七八九","kind":"news"}`, http.StatusUnprocessableEntity, "request.invalid")
		if n := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action LIKE 'bulletin.column%'`); n != 7 {
			t.Errorf("%d acts on record", n)
		}
	})
}

// An entry is shown through its last day. The centre does not send it afterwards, so that a terminal that knows no end loses it too, and it
// cannot be put back before somebody writes another day.
func TestEntriesEnd(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		d := open(t, k, bulletin.PermRead, bulletin.PermWrite)
		d.refused("entries", `{"column":"notice",`+text+`,"until":"2026-11-24"}`, http.StatusUnprocessableEntity, "bulletin.days")
		d.refused("entries", `{"column":"notice",`+text+`,"until":"2026-11-31"}`, http.StatusUnprocessableEntity, "bulletin.days")
		d.refused("entries", `{"column":"gossip",`+text+`}`, http.StatusNotFound, "bulletin.no_column")
		code := d.post("entries", `{"column":"notice",`+text+`,"until":"2026-11-26"}`, http.StatusOK)
		d.post("entries/"+code+"/publish", ``, http.StatusNoContent)
		if b := d.fetch(http.StatusOK); !has(b, code) {
			t.Error("not there on its last day")
		}
		d.fetch(http.StatusNotModified)
		k.Clock.Advance(15 * time.Hour) // past midnight
		if b := d.fetch(http.StatusOK); has(b, code) || !has(b, "notice-move") {
			t.Error("there the day after")
		}
		d.fetch(http.StatusNotModified)
		state, _ := d.state(code)
		if state != "ended" {
			t.Errorf("it is %s", state)
		}
		d.post("entries/"+code+"/withdraw", `{"reason":"过期了"}`, http.StatusNoContent)
		d.refused("entries/"+code+"/restore", `{"reason":"再挂两天"}`, http.StatusConflict, "bulletin.ended")
		_, seq := d.state(code)
		d.post("entries/"+code+"/edit", fmt.Sprintf(`{"column":"notice","seq":%d,`+text+`,"until":"2026-11-28"}`, seq), http.StatusNoContent)
		d.post("entries/"+code+"/restore", `{"reason":"再挂两天"}`, http.StatusNoContent)
		if b := d.fetch(http.StatusOK); !has(b, code) {
			t.Error("put back, and not there")
		}
	})
}

// A terminal keeps so much and no more: what would not be shown is refused instead of lost.
func TestTerminalsAreFull(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		d := open(t, k, bulletin.PermRead, bulletin.PermWrite)
		shown := len(d.fetch(http.StatusOK).Entries)
		for i := range bulletin.MaxShown - shown {
			k.Exec(t, fmt.Sprintf(`INSERT INTO bulletin_entry (code, kind, col, title, body, source, on_day, phone, place, hours, published, seq) VALUES ('fill-%d', 'news', 'news', 't', 'b', 's', '2026-11-01', '', '', '', 1, 1)`, i))
		}
		code := d.post("entries", `{"column":"notice",`+text+`}`, http.StatusOK)
		d.refused("entries/"+code+"/publish", ``, http.StatusConflict, "bulletin.full")
		d.post("entries/news-hours/withdraw", `{"reason":"让出地方"}`, http.StatusNoContent)
		d.post("entries/"+code+"/publish", ``, http.StatusNoContent)
	})
}

// A centre from before columns has entries by kind: they are in the columns of that code, and the other columns are there, empty.
func TestACentreFromBeforeColumns(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		m := module.New(k.Kernel)
		k.Use(t, m)
		k.Exec(t, `INSERT INTO bulletin_entry (code, kind, title, body, source, on_day, phone, place, hours, published, seq) VALUES ('old', 'news', '从前的一条', '内容', '样例局', '2026-11-01', '', '', '', 1, 9)`)
		k.Exec(t, `INSERT INTO bulletin_entry (code, kind, title, body, source, on_day, phone, place, hours, published, seq) VALUES ('gone', 'service', '撤下的一条', '内容', '样例局', '2026-11-01', '', '', '', 0, 8)`)
		d := open(t, k.Twin(t), bulletin.PermRead)
		b := d.fetch(http.StatusOK)
		if len(b.Entries) != 1 || b.Entries[0].Column != "news" || len(b.Columns) != 5 || d.etag == `"9.0"` {
			t.Errorf("%s: %+v", d.etag, b)
		}
		if state, _ := d.state("gone"); state != "withdrawn" {
			t.Errorf("it is %s", state)
		}
		d.post("columns", `{"name":"不该有的","kind":"news"}`, http.StatusForbidden)
	})
}
