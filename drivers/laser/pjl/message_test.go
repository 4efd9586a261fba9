package pjl

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers"
)

const config1 = "@PJL INFO CONFIG\r\nIN TRAYS [2 ENUMERATED]\r\n\tINTRAY1 MP\r\n\tINTRAY2 PC\r\nDUPLEX\r\nPAPERS [2 ENUMERATED]\r\n\tA4\r\n\tLETTER\r\n" +
	"LANGUAGES [2 ENUMERATED]\r\n\tPCL\r\n\tPOSTSCRIPT\r\nUSTATUS [2 ENUMERATED]\r\n\tDEVICE\r\n\tPAGE\r\nMEMORY=2097152\r\n\f"

func TestMessages(t *testing.T) {
	for name, c := range map[string]struct {
		in    string
		want  []string
		noise int
	}{
		"two":                  {"@PJL ECHO a\r\n\f@PJL INFO ID\r\n\"X\"\r\n\f", []string{"ECHO a", "INFO ID"}, 0},
		"not whole yet":        {"@PJL ECHO a\r\n", nil, 0},
		"noise":                {"\x00\xffxx\f@PJL ECHO a\r\n\f", []string{"ECHO a"}, 1},
		"one broke off":        {"@PJL INFO STATUS\r\nCODE=100@PJL ECHO a\r\n\f", []string{"ECHO a"}, 1},
		"white space only":     {"\r\n\f@PJL ECHO a\r\n\f", []string{"ECHO a"}, 0},
		"without returns":      {"@PJL ECHO a\n\f", []string{"ECHO a"}, 0},
		"noise before the end": {"junk\r\n@PJL ECHO a\r\n\f", []string{"ECHO a"}, 1},
	} {
		for _, piece := range []int{1, 3, 1000} { // however it is cut on the way
			var e ears
			var got []string
			noise := 0
			for at := 0; at < len(c.in); at += piece {
				msgs, n := e.feed([]byte(c.in[at:min(at+piece, len(c.in))]))
				for _, m := range msgs {
					got = append(got, m.what)
				}
				noise += n
			}
			if diff := cmp.Diff(c.want, got); diff != "" || noise != c.noise {
				t.Errorf("%s by %d: noise %d, %s", name, piece, noise, diff)
			}
		}
	}
}

func TestLists(t *testing.T) {
	m, clean := parse(strings.TrimSuffix(config1, "\f"))
	if !clean || m.what != "INFO CONFIG" || !m.has("DUPLEX") || m.has("COLOR") || m.number("MEMORY") != 2097152 || m.number("NONE") != -1 {
		t.Errorf("%+v", m)
	}
	for name, want := range map[string][]string{"LANGUAGES": {"PCL", "POSTSCRIPT"}, "IN TRAYS": {"INTRAY1 MP", "INTRAY2 PC"}, "PAPERS": {"A4", "LETTER"}, "DUPLEX": nil} {
		if diff := cmp.Diff(want, m.list(name)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	v, _ := parse("@PJL INFO VARIABLES\r\nCOPIES=1 [2 RANGE]\r\n\t1\r\n\t999\r\nRESOLUTION=600 [2 ENUMERATED]\r\n\t300\r\n\t600\r\n")
	if diff := cmp.Diff([]string{"300", "600"}, v.list("RESOLUTION")); diff != "" || !v.has("RESOLUTION") || v.has("JAMRECOVERY") {
		t.Error(diff)
	}
}

// The codes of the makers' lists, in our words.
func TestCodes(t *testing.T) {
	for _, c := range []struct {
		codes  string
		trays  int
		code   drivers.Code
		reason drivers.Reason
		paper  drivers.Supply
		toner  drivers.Supply
		state  drivers.State
	}{
		{"CODE=10001", 2, "", "", drivers.SupplyFull, drivers.SupplyFull, drivers.StateOnline},
		{"CODE=10000", 2, "", "", drivers.SupplyFull, drivers.SupplyFull, drivers.StateOnline},
		{"CODE=10002\r\nONLINE=FALSE", 2, stands, "", drivers.SupplyFull, drivers.SupplyFull, drivers.StateOffline},
		{"CODE=10001\r\nONLINE=FALSE", 2, stands, "", drivers.SupplyFull, drivers.SupplyFull, drivers.StateOffline},
		{"CODE=10003", 2, "", "", drivers.SupplyFull, drivers.SupplyFull, drivers.StateBusy},
		{"CODE=10023", 2, "", "", drivers.SupplyFull, drivers.SupplyFull, drivers.StateBusy},
		{"CODE=10006", 2, "", "", drivers.SupplyFull, drivers.SupplyLow, drivers.StateOnline},
		{"CODE=11203", 2, "", "", drivers.SupplyLow, drivers.SupplyFull, drivers.StateOnline},
		{"CODE=11203", 1, stands, drivers.ReasonPaperOut, drivers.SupplyOut, drivers.SupplyFull, drivers.StateOffline},
		{"CODE=41304", 2, stands, drivers.ReasonPaperOut, drivers.SupplyOut, drivers.SupplyFull, drivers.StateOffline},
		{"CODE=40021", 2, stands, drivers.ReasonCoverOpen, drivers.SupplyFull, drivers.SupplyFull, drivers.StateOffline},
		{"CODE=40022", 2, stands, drivers.ReasonPaperJam, drivers.SupplyJammed, drivers.SupplyFull, drivers.StateOffline},
		{"CODE=42202", 2, stands, drivers.ReasonPaperJam, drivers.SupplyJammed, drivers.SupplyFull, drivers.StateOffline},
		{"CODE=40039", 2, stands, drivers.ReasonTonerOut, drivers.SupplyFull, drivers.SupplyOut, drivers.StateOffline},
		{"CODE=40019", 2, stands, "", drivers.SupplyFull, drivers.SupplyFull, drivers.StateOffline},
		{"CODE=50003", 2, drivers.CodeHardwareError, "", drivers.SupplyFull, drivers.SupplyFull, drivers.StateHardwareError},
		{"CODE=30016", 2, "", "", drivers.SupplyFull, drivers.SupplyFull, drivers.StateOnline},
		{"CODE=40039\r\nCODE=40021\r\nCODE=41203", 2, stands, drivers.ReasonCoverOpen, drivers.SupplyOut, drivers.SupplyOut, drivers.StateOffline},
	} {
		m, _ := parse("@PJL INFO STATUS\r\n" + c.codes + "\r\n")
		got, ok := conditionOf(m, c.trays)
		if !ok {
			t.Fatalf("%s: no code", c.codes)
		}
		s, e := got.status(), got.blocked()
		if e == nil {
			e = &drivers.Error{}
		}
		if e.Code != c.code || e.Reason != c.reason || s.Paper != c.paper || s.Toner != c.toner || s.State != c.state || s.Code != c.code {
			t.Errorf("%s of %d trays: %+v, %v", c.codes, c.trays, s, e)
		}
	}
	for _, bad := range []string{"@PJL INFO STATUS\r\n?\r\n", "@PJL INFO STATUS\r\nCODE=ABC\r\n", "@PJL INFO STATUS\r\nCODE=7\r\n"} {
		m, _ := parse(bad)
		if _, ok := conditionOf(m, 1); ok {
			t.Errorf("%q is a state", bad)
		}
	}
}

func TestLifeCount(t *testing.T) {
	for in, want := range map[string]int{"PAGECOUNT=1200": 1200, "183933": 183933, "?": 0, "\"?\"": 0, "PAGECOUNT=-1": 0, "": 0} {
		m, _ := parse("@PJL INFO PAGECOUNT\r\n" + in + "\r\n")
		if got := lifeOf(m); got != want {
			t.Errorf("%q: %d, want %d", in, got, want)
		}
	}
}

func TestNamesOfJobs(t *testing.T) {
	short, long := name("abc"), name(strings.Repeat("x", 120))
	if short != "tongban-abc" || len(long) > 80 || long == name(strings.Repeat("x", 119)) {
		t.Errorf("%s %s", short, long)
	}
}

func TestParams(t *testing.T) {
	good := map[string]any{"language": "pdf", "dpi": uint64(300), "media": "iso_a5_148x210mm", "tray": "TRAY2", "color": "monochrome", "answers": "no", "stall": "30s", "patience": "10s"}
	c, err := decodeParams(good)
	if err != nil || c.language != languagePDF || c.dpi != 300 || !c.grey || !c.oneWay || c.tray != "TRAY2" || c.stall.Seconds() != 30 || c.patience.Seconds() != 10 {
		t.Errorf("%+v %v", c, err)
	}
	for k, v := range map[string]any{"language": "ps", "dpi": 240, "media": "letter", "tray": "TRAY2\r\n@PJL", "color": "blue", "answers": "yes", "stall": "1s", "patience": "1h", "odd": "x", "dpi ": 1.5} {
		if _, err := decodeParams(map[string]any{k: v}); err == nil {
			t.Errorf("%s: %v is taken", k, v)
		}
	}
}

func FuzzMessages(f *testing.F) {
	f.Add([]byte(config1), 7)
	f.Add([]byte("@PJL USTATUS JOB\r\nEND\r\nNAME=\"a\"\r\nPAGES=5\r\n\f@PJL INFO STATUS\r\nCODE=10001\r\n\f"), 3)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		var whole, pieces ears
		want, noise := whole.feed(b)
		cut = max(0, min(len(b), cut))
		got, n := pieces.feed(b[:cut])
		more, m := pieces.feed(b[cut:])
		if got = append(got, more...); len(b) < maxMessage && (len(got) != len(want) || n+m != noise) {
			t.Errorf("%d messages in one piece, %d in two", len(want), len(got))
		}
		for _, x := range want {
			_, _ = conditionOf(x, 2)
			_, _, _ = lifeOf(x), x.list("LANGUAGES"), x.has("DUPLEX")
			w := watch{}
			w.job(x, wall.now())
			if _, ok := single(x); ok && len(x.lines) == 0 {
				t.Error("a number of nothing")
			}
		}
	})
}
