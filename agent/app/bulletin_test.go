package app

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/agent/clock"
	"tongban/agent/content"
	"tongban/fleet/wire"
)

// The screen gets the columns that have something to read, in the centre's order and with its names; a centre from before columns is
// shown by kind.
func TestBulletinByColumns(t *testing.T) {
	for name, c := range map[string]struct {
		told wire.Bulletin
		want []string // column: its entries
	}{
		"columns": {
			told: wire.Bulletin{
				Columns: []wire.BulletinColumn{{Code: "antifraud", Name: "防诈宣传", Kind: "news"}, {Code: "empty", Name: "空栏目", Kind: "news"}, {Code: "service", Name: "便民", Kind: "service"}},
				Entries: []wire.BulletinEntry{{Code: "s", Kind: "service", Column: "service"}, {Code: "a", Kind: "news", Column: "antifraud"}, {Code: "lost", Kind: "news", Column: "gone"}, {Code: "b", Kind: "news", Column: "antifraud"}},
			},
			want: []string{"防诈宣传 news: a b", "便民 service: s"},
		},
		"a centre from before columns": {
			told: wire.Bulletin{Entries: []wire.BulletinEntry{{Code: "s", Kind: "service"}, {Code: "a", Kind: "news"}}},
			want: []string{"政务资讯 news: a", "便民服务 service: s"},
		},
		"every column is off": {told: wire.Bulletin{Entries: []wire.BulletinEntry{{Code: "a", Kind: "news", Column: "antifraud"}}}},
		"nothing":             {},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(c.told) }))
			defer s.Close()
			cache, err := content.Open(t.TempDir(), clock.System(), slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			a := &App{o: Options{Content: cache}}
			if b := a.Bulletin(); b.AsOf != "" || b.Columns == nil {
				t.Errorf("before the first answer: %+v", b)
			}
			if _, err := cache.RefreshBulletin(t.Context(), s.URL, s.Client()); err != nil {
				t.Fatal(err)
			}
			b := a.Bulletin()
			var got []string
			for _, col := range b.Columns {
				line := col.Name + " " + col.Kind + ":"
				for _, n := range col.Notices {
					line += " " + n.Code
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(c.want, got); diff != "" || b.AsOf == "" {
				t.Errorf("as of %q: %s", b.AsOf, diff)
			}
		})
	}
}
