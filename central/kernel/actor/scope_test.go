package actor_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/actor"
)

func TestRegionSpan(t *testing.T) {
	for _, c := range []struct{ code, low, high, parent string }{
		{"510000000000", "510000000000", "519999999999", ""},
		{"510700000000", "510700000000", "510799999999", "510000000000"},
		{"510703000000", "510703000000", "510703999999", "510700000000"},
		{"510703001000", "510703001000", "510703001999", "510703000000"},
		{"510703001002", "510703001002", "510703001002", "510703001000"},
		{"510700", "", "", ""},
		{"51070300000x", "", "", ""},
		{"000000000000", "", "", ""},
		{"", "", "", ""},
	} {
		low, high, ok := actor.RegionSpan(c.code)
		if low != c.low || high != c.high || ok != (c.low != "") {
			t.Errorf("%s: %s to %s, %v", c.code, low, high, ok)
		}
		if got := actor.RegionParent(c.code); ok && got != c.parent {
			t.Errorf("%s lies below %q, want %q", c.code, got, c.parent)
		}
	}
}

// Covers and Where must say the same; where a database is at hand, auth's tests compare them on rows.
func TestScopeCovers(t *testing.T) {
	fucheng := actor.InRegion("510703000000")
	civil := actor.InDepartments("d-civil", "", "d-civil")
	own := actor.OwnOf("u1")
	all := fucheng.Join(civil).Join(own)
	for _, c := range []struct {
		name  string
		scope actor.Scope
		place actor.Place
		want  bool
	}{
		{"everywhere", actor.Everywhere(), actor.Place{}, true},
		{"nowhere", actor.Scope{}, actor.Place{Region: "510703000000", Department: "d-civil", Handler: "u1"}, false},
		{"the district", fucheng, actor.Place{Region: "510703000000"}, true},
		{"a street in it", fucheng, actor.Place{Region: "510703001000"}, true},
		{"the next district", fucheng, actor.Place{Region: "510704000000"}, false},
		{"the city above", fucheng, actor.Place{Region: "510700000000"}, false},
		{"no region", fucheng, actor.Place{}, false},
		{"a broken region", fucheng, actor.Place{Region: "510703"}, false},
		{"the department", civil, actor.Place{Department: "d-civil"}, true},
		{"no department", civil, actor.Place{}, false},
		{"own", own, actor.Place{Handler: "u1"}, true},
		{"another's", own, actor.Place{Handler: "u2"}, false},
		{"nobody's", actor.OwnOf(""), actor.Place{}, false},
		{"joined, by department", all, actor.Place{Region: "510704000000", Department: "d-civil"}, true},
		{"joined, by handler", all, actor.Place{Region: "510704000000", Handler: "u1"}, true},
		{"joined, none", all, actor.Place{Region: "510704000000", Department: "d-x", Handler: "u2"}, false},
		{"joined with everywhere", all.Join(actor.Everywhere()), actor.Place{}, true},
		{"a misspelt region", actor.InRegion("fucheng"), actor.Place{Region: "510703000000"}, false},
	} {
		if got := c.scope.Covers(c.place); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestScopeWhere(t *testing.T) {
	cols := actor.Columns{Region: "region", Department: "department", Handler: "handler"}
	all := actor.InRegion("510703000000").Join(actor.InDepartments("d2", "d1")).Join(actor.OwnOf("u1"))
	for _, c := range []struct {
		scope actor.Scope
		cols  actor.Columns
		sql   string
		args  []any
	}{
		{actor.Everywhere(), cols, "1 = 1", nil},
		{actor.Scope{}, cols, "1 = 0", nil},
		{actor.OwnOf("u1"), actor.Columns{Region: "region"}, "1 = 0", nil},
		{all, cols, "(region BETWEEN $4 AND $5 OR department IN ($6, $7) OR handler = $8)", []any{"510703000000", "510703999999", "d1", "d2", "u1"}},
	} {
		sql, args := c.scope.Where(c.cols, 4)
		if sql != c.sql {
			t.Errorf("%s, want %s", sql, c.sql)
		}
		if d := cmp.Diff(c.args, args); d != "" {
			t.Error(d)
		}
	}
}

func TestGrantsOfOnePermissionJoin(t *testing.T) {
	a := actor.Actor{Kind: actor.Staff, ID: "u1"}.
		GrantedWithin(actor.InRegion("510703000000"), "window:read", "window:accept").
		GrantedWithin(actor.InRegion("510704000000"), "window:read")
	you := actor.Place{Region: "510704001000"}
	if !a.Scope("window:read").Covers(you) || a.Scope("window:accept").Covers(you) || !a.Can("window:accept") {
		t.Error("scopes are mixed up")
	}
	if !a.Scope("window:grant").Nowhere() || a.Can("window:grant") {
		t.Error("holds what nobody gave")
	}
	if sys := (actor.Actor{Kind: actor.System}); !sys.Scope("anything").Everywhere() {
		t.Error("the centre is limited")
	}
}
