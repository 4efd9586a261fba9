package laser

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/wire"
)

// host is a computer at the printer's raw line.
type host struct {
	t    *testing.T
	d    *Device
	conn net.Conn
	in   *bufio.Reader
}

func atLine(t *testing.T, c Config) *host {
	t.Helper()
	p := wire.TCP("127.0.0.1:0")
	d := New(c, trace.New(), p)
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	conn, err := net.Dial("tcp", p.Path())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &host{t, d, conn, bufio.NewReader(conn)}
}

func (h *host) send(lines ...string) {
	h.t.Helper()
	if _, err := io.WriteString(h.conn, uel+strings.Join(lines, "\r\n")+"\r\n"+uel); err != nil {
		h.t.Fatal(err)
	}
}

// hears reads one message.
func (h *host) hears() string {
	h.t.Helper()
	_ = h.conn.SetReadDeadline(time.Now().Add(3 * time.Second))
	s, err := h.in.ReadString('\f')
	if err != nil {
		h.t.Fatalf("heard %q, %v", s, err)
	}
	return s
}

func (h *host) wants(want string) {
	h.t.Helper()
	if got := h.hears(); got != want {
		h.t.Fatalf("heard %q, want %q", got, want)
	}
}

const dot = "\x1bE\x1b&l26A\x1b*t75R\x1b*r1A\x1b*b1W\xFF\x1b*rC\f\x1bE"

func TestAnswers(t *testing.T) {
	h := atLine(t, Config{})
	h.send("@PJL", "@PJL ECHO one two", "@PJL INFO ID", "@PJL INFO STATUS", "@PJL INFO PAGECOUNT", "@PJL INFO ODD")
	h.wants("@PJL ECHO one two\r\n\f")
	h.wants("@PJL INFO ID\r\n\"Tongban Sim Laser 4\"\r\n\f")
	h.wants("@PJL INFO STATUS\r\nCODE=10001\r\nDISPLAY=\"READY\"\r\nONLINE=TRUE\r\n\f")
	h.wants("@PJL INFO PAGECOUNT\r\nPAGECOUNT=1200\r\n\f")
	h.wants("@PJL INFO ODD\r\n?\r\n\f")
	h.send("@PJL INFO CONFIG")
	if got := h.hears(); !strings.Contains(got, "LANGUAGES [2 ENUMERATED]\r\n\tPCL\r\n\tPDF\r\n") || !strings.Contains(got, "\r\nDUPLEX\r\n") {
		t.Errorf("%q", got)
	}
}

func TestJobIsTold(t *testing.T) {
	h := atLine(t, Config{})
	h.send("@PJL USTATUS JOB=ON", "@PJL USTATUS PAGE=ON", "@PJL SET JOBID=ON", `@PJL JOB NAME="one"`, "@PJL ENTER LANGUAGE=PCL\r\n"+dot+dot+uel+`@PJL EOJ NAME="one"`)
	h.wants("@PJL USTATUS JOB\r\nSTART\r\nNAME=\"one\"\r\nID=1\r\n\f")
	h.wants("@PJL USTATUS PAGE\r\n1\r\n\f")
	h.wants("@PJL USTATUS PAGE\r\n2\r\n\f")
	h.wants("@PJL USTATUS JOB\r\nEND\r\nNAME=\"one\"\r\nPAGES=2\r\nID=1\r\nRESULT=OK\r\n\f")
	h.send("@PJL INFO PAGECOUNT")
	h.wants("@PJL INFO PAGECOUNT\r\nPAGECOUNT=1202\r\n\f")
	got := h.d.Printed()
	if len(got) != 1 || !got[0].Complete || got[0].Sides != 2 || len(h.d.Dots("one")) != 2 {
		t.Errorf("%+v", got)
	}
}

func TestDocument(t *testing.T) {
	h := atLine(t, Config{})
	doc := "%PDF-1.4\n1 0 obj<</Type /Page >>endobj 2 0 obj<</Type /Page >>endobj\x1b%-1\n%%EOF\n"
	h.send("@PJL USTATUS JOB=ON", "@PJL SET COPIES=2", "@PJL SET DUPLEX=ON", `@PJL JOB NAME="doc"`, "@PJL ENTER LANGUAGE=PDF\r\n"+doc+uel+"@PJL EOJ")
	h.hears()
	h.wants("@PJL USTATUS JOB\r\nEND\r\nNAME=\"doc\"\r\nPAGES=4\r\nRESULT=OK\r\n\f")
	if got := h.d.Printed(); len(got) != 1 || got[0].Sides != 4 || got[0].Sheets != 2 || got[0].Bytes != len(doc) {
		t.Errorf("%+v", got)
	}
}

// A jam takes its sheet away, or the printer prints it again: as it was told, and as it can.
func TestJamRecovery(t *testing.T) {
	for _, keeps := range []bool{false, true} {
		h := atLine(t, Config{KeepsJam: keeps, Page: 50 * time.Millisecond})
		if err := h.d.Faults().Press(fault.Press{Name: "jam"}); err != nil {
			t.Fatal(err)
		}
		h.send("@PJL USTATUS DEVICE=ON", "@PJL SET JAMRECOVERY=OFF", `@PJL JOB NAME="j"`, "@PJL ENTER LANGUAGE=PCL\r\n"+dot+uel+"@PJL USTATUS JOB=ON", "@PJL EOJ")
		for !strings.Contains(h.hears(), "CODE=40022") {
		}
		time.Sleep(100 * time.Millisecond)
		if err := h.d.Faults().Release("jam"); err != nil {
			t.Fatal(err)
		}
		for !strings.Contains(h.hears(), "END") {
		}
		if got := h.d.Printed()[0]; got.Complete != keeps || got.Sides != map[bool]int{true: 1}[keeps] {
			t.Errorf("keeps %v: %+v", keeps, got)
		}
	}
}

// What is sent without PJL is printed, and told to nobody.
func TestBareData(t *testing.T) {
	h := atLine(t, Config{OneWay: true})
	h.send("@PJL INFO ID")
	if _, err := io.WriteString(h.conn, dot); err != nil {
		t.Fatal(err)
	}
	if err := h.conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if b, _ := io.ReadAll(h.in); len(b) != 0 {
		t.Errorf("heard %q", b)
	}
	for range 100 {
		if got := h.d.Printed(); len(got) == 1 && got[0].Complete {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%+v", h.d.Printed())
}

func TestParsePJL(t *testing.T) {
	for line, want := range map[string]string{
		"@PJL":                               "  map[]",
		"@PJL SET COPIES = 2":                "SET COPIES = 2 map[COPIES:2]",
		`@PJL JOB NAME = "a b" DISPLAY="c="`: `JOB NAME = "a b" DISPLAY="c=" map[DISPLAY:c= NAME:a b]`,
		"@PJL ECHO x":                        "ECHO x map[]",
	} {
		verb, rest, set, err := parsePJL(line)
		if got := fmt.Sprintf("%s %s %v", verb, rest, set); err != nil || got != want {
			t.Errorf("%s: %s, %v", line, got, err)
		}
	}
	if _, _, _, err := parsePJL("PJL"); err == nil {
		t.Error("no PJL is taken")
	}
}

func FuzzPJL(f *testing.F) {
	f.Add([]byte(uel + "@PJL JOB NAME=\"a\"\r\n@PJL ENTER LANGUAGE=PCL\r\n" + dot + uel + "@PJL EOJ\r\n" + uel))
	f.Add([]byte("@PJL SET A=\"\r\n@PJL ENTER LANGUAGE=PDF\r\n%PDF-" + uel))
	f.Fuzz(func(t *testing.T, b []byte) {
		d := New(Config{}, trace.New())
		var out bytes.Buffer
		d.serveRaw(struct {
			io.Reader
			io.Writer
		}{bytes.NewReader(b), &out})
		for _, j := range d.jobs {
			if j.open {
				t.Error("a job is open without a line")
			}
		}
	})
}
