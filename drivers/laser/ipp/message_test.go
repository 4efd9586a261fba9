package ipp

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers"
)

func sample() message {
	return message{major: 1, minor: 1, code: 0, id: 7, groups: []group{
		{tag: tagOperation, attrs: []attribute{text(tagCharset, "attributes-charset", "utf-8")}},
		{tag: tagPrinter, attrs: []attribute{
			number(tagEnum, "printer-state", printerIdle), keywords("printer-state-reasons", "media-empty-warning", "toner-low"),
			{name: "copies-supported", values: []value{{tagRange, []byte{0, 0, 0, 1, 0, 0, 3, 0xE7}}}},
			{name: "printer-info", values: []value{{tagTextLang, []byte("\x00\x02zh\x00\x03\xe7\xba\xb8")}}},
		}},
	}}
}

func TestRoundTrip(t *testing.T) {
	want := sample()
	b := append(want.encode(), "%PDF-"...)
	got, rest, err := decode(b)
	if err != nil || string(rest) != "%PDF-" {
		t.Fatalf("%q %v", rest, err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(message{}, group{}, attribute{}, value{})); diff != "" {
		t.Error(diff)
	}
	g := got.group(tagPrinter)
	if g.word("printer-info") != "纸" || g.number("copies-supported", 0) != 999 || len(g.words("printer-state-reasons")) != 2 {
		t.Errorf("%+v", g)
	}
}

// The bytes of a request as RFC 8010 appendix A lays them out.
func TestRequestBytes(t *testing.T) {
	w := &web{uri: "ipp://printer.example.com/ipp/print"}
	got := w.request(opPrinter).encode()
	want := "\x01\x01\x00\x0b\x00\x00\x00\x01\x01" + "\x47\x00\x12attributes-charset\x00\x05utf-8" +
		"\x48\x00\x1battributes-natural-language\x00\x02en" + "\x45\x00\x0bprinter-uri\x00\x23ipp://printer.example.com/ipp/print\x03"
	if string(got) != want {
		t.Errorf("%q", got)
	}
}

func TestCollectionsAreSkipped(t *testing.T) {
	head := "\x01\x01\x00\x00\x00\x00\x00\x01\x04"
	inner := "\x4a\x00\x00\x00\x01x\x21\x00\x00\x00\x04\x00\x00\x00\x05"
	col := "\x34\x00\x09media-col\x00\x00" + inner + "\x34\x00\x00\x00\x00" + inner + "\x37\x00\x00\x00\x00" + "\x37\x00\x00\x00\x00"
	m, _, err := decode([]byte(head + col + "\x23\x00\x0dprinter-state\x00\x04\x00\x00\x00\x03\x03"))
	if err != nil || m.group(tagPrinter).number("printer-state", 0) != printerIdle || len(m.groups[0].attrs) != 2 {
		t.Errorf("%+v %v", m, err)
	}
	for name, s := range map[string]string{"open": head + "\x34\x00\x01c\x00\x00" + inner, "closed twice": head + "\x37\x00\x00\x00\x00\x03",
		"deep": head + "\x34\x00\x01c\x00\x00" + string(bytes.Repeat([]byte("\x34\x00\x00\x00\x00"), 9)), "group inside": head + "\x34\x00\x01c\x00\x00\x03"} {
		if _, _, err := decode([]byte(s)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestBrokenMessages(t *testing.T) {
	whole := sample().encode()
	for n := range whole[:len(whole)-1] {
		if _, _, err := decode(whole[:n]); !errors.Is(err, errShort) {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
	for name, s := range map[string]string{"version": "\x09\x00\x00\x00\x00\x00\x00\x01\x03", "no group": "\x01\x01\x00\x00\x00\x00\x00\x01\x21\x00\x01a\x00\x00\x03",
		"no name": "\x01\x01\x00\x00\x00\x00\x00\x01\x04\x21\x00\x00\x00\x00\x03", "extension": "\x01\x01\x00\x00\x00\x00\x00\x01\x04\x7f\x00\x01a\x00\x00\x03"} {
		if _, _, err := decode([]byte(s)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestReasons(t *testing.T) {
	for _, c := range []struct {
		reasons []string
		state   int
		want    drivers.Status
		reason  drivers.Reason
		blocked bool
	}{
		{nil, 3, drivers.Status{State: drivers.StateOnline, Paper: drivers.SupplyFull, Cover: "closed"}, "", false},
		{[]string{"media-empty"}, 3, drivers.Status{State: drivers.StateOffline, Paper: drivers.SupplyOut, Cover: "closed"}, drivers.ReasonPaperOut, true},
		{[]string{"media-empty-report"}, 3, drivers.Status{State: drivers.StateOffline, Paper: drivers.SupplyOut, Cover: "closed"}, drivers.ReasonPaperOut, true},
		{[]string{"media-needed-error", "cover-open-warning"}, 5, drivers.Status{State: drivers.StateOffline, Paper: drivers.SupplyOut, Cover: "open"}, drivers.ReasonCoverOpen, true},
		{[]string{"media-jam-error", "media-low"}, 5, drivers.Status{State: drivers.StateOffline, Paper: drivers.SupplyJammed, Cover: "closed"}, drivers.ReasonPaperJam, true},
		{[]string{"door-open"}, 5, drivers.Status{State: drivers.StateOffline, Paper: drivers.SupplyFull, Cover: "open"}, drivers.ReasonCoverOpen, true},
		{[]string{"marker-supply-low-warning"}, 4, drivers.Status{State: drivers.StateBusy, Paper: drivers.SupplyFull, Toner: drivers.SupplyLow, Cover: "closed"}, "", false},
		{[]string{"input-tray-missing", "fuser-over-temp-error"}, 5, drivers.Status{State: drivers.StateHardwareError, Paper: drivers.SupplyOut, Cover: "closed"}, "", true},
		{[]string{"paused"}, 5, drivers.Status{State: drivers.StateOffline, Paper: drivers.SupplyFull, Cover: "closed"}, "", true},
		{[]string{"vendor-specific-oddity-warning"}, 3, drivers.Status{State: drivers.StateOnline, Paper: drivers.SupplyFull, Cover: "closed"}, "", false},
		{nil, 5, drivers.Status{State: drivers.StateOffline, Paper: drivers.SupplyFull, Cover: "closed"}, "", true},
		{nil, 0, drivers.Status{State: drivers.StateOffline, Paper: drivers.SupplyFull, Cover: "closed"}, "", false},
	} {
		k := condition{state: c.state, accepting: true, reasons: c.reasons}
		if c.want.Toner == "" {
			c.want.Toner = drivers.SupplyUnknown
		}
		got := k.status()
		got.Code, got.Detail = "", ""
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%v: %s", c.reasons, diff)
		}
		e := k.blocked()
		if (e != nil) != c.blocked || e != nil && e.Reason != c.reason {
			t.Errorf("%v: blocked %v, want %q", c.reasons, e, c.reason)
		}
	}
}

func TestSupplies(t *testing.T) {
	for in, want := range map[string]drivers.PrinterSupply{
		"index=1;class=supplyThatIsConsumed;type=toner;unit=percent;maxcapacity=100;level=25;colorantname=black;": {Name: "black toner", Type: "toner", Color: "black", Level: 25, State: drivers.SupplyFull},
		"type=toner;maxcapacity=4000;level=200;colorantname=cyan":                                                 {Name: "cyan toner", Type: "toner", Color: "cyan", Level: 5, State: drivers.SupplyLow},
		"type=toner;maxcapacity=100;level=-3;colorantname=none;":                                                  {Name: "toner", Type: "toner", Level: -1, State: drivers.SupplyUnknown},
		"type=opc;maxcapacity=-2;level=10":                                                                        {Name: "opc", Type: "opc", Level: -1, State: drivers.SupplyUnknown},
		"type=toner;maxcapacity=10;level=0":                                                                       {Name: "toner", Type: "toner", Level: 0, State: drivers.SupplyOut},
		"level=;;==;x":                                                                                            {Level: -1, State: drivers.SupplyUnknown},
	} {
		if diff := cmp.Diff(want, supplyOf(in)); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
	}
}

func TestParamsAndAddresses(t *testing.T) {
	for _, p := range []drivers.Params{{"stall": "1s"}, {"stall": 5}, {"color": "blue"}, {"media": ""}, {"medium": "a4"}} {
		if _, err := Open(t.Context(), "http://127.0.0.1:1/ipp/print", p); drivers.Fault(err).Code != drivers.CodeInvalidData {
			t.Errorf("%v: %v", p, err)
		}
	}
	for _, u := range []string{"", "/dev/usb/lp0", "ftp://x/ipp", "ipp:///ipp/print", "http://a b"} {
		if _, err := Open(t.Context(), u, nil); drivers.Fault(err).Code != drivers.CodeInvalidData {
			t.Errorf("%q: %v", u, err)
		}
	}
	if _, err := Open(t.Context(), "ipp://127.0.0.1:1/ipp/print", nil); drivers.Fault(err).Code != drivers.CodeNoDevice {
		t.Errorf("nothing there: %v", err)
	}
}

// FuzzDecode: whatever a device answers, it is either refused or read without harm, and what is read can be written.
func FuzzDecode(f *testing.F) {
	f.Add(sample().encode())
	f.Add([]byte("\x01\x01\x00\x00\x00\x00\x00\x01\x04\x34\x00\x01c\x00\x00\x37\x00\x00\x00\x00\x03"))
	f.Add([]byte("\x02\x00\x04\x06\x00\x00\x00\x01\x01\x35\x00\x01a\x00\x04\x00\x02zh\x03"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, rest, err := decode(b)
		if err != nil {
			return
		}
		if len(rest) > len(b)-headerLength {
			t.Fatal("more is left than there was")
		}
		c := conditionOf(m.group(tagPrinter))
		_, _ = c.status(), c.blocked()
		_, _ = capabilitiesOf(m.group(tagPrinter)), account(m.group(tagJob))
		again, _, err := decode(m.encode())
		if err != nil && !bytes.ContainsRune(b, tagBegin) { // of a collection only its head is kept
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if err == nil && len(again.groups) != len(m.groups) {
			t.Fatal("groups got lost")
		}
	})
}
