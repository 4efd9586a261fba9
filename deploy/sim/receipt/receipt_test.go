package receipt_test

import (
	"bytes"
	"image"
	"image/png"
	"net"
	"os"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/receipt"
	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
)

// The parts of a job, written by hand from the command tables.
const (
	initialise = "\x1b@"
	chinese    = "\x1c&"
	center     = "\x1ba\x01"
	double     = "\x1d!\x11"
	single     = "\x1d!\x00"
	hello      = "\xca\xd5\xbc\xfe\xc6\xbe\xd6\xa4\n" // 收件凭证
	rare       = "\x95\x34\xb2\x35\n"                 // 𠮷, four bytes
	qrModel    = "\x1d(k\x04\x00\x31\x41\x32\x00"
	qrSize     = "\x1d(k\x03\x00\x31\x43\x06"
	qrLevel    = "\x1d(k\x03\x00\x31\x45\x31"
	qrStore    = "\x1d(k\x0f\x00\x31\x50\x30TB-VERIFY-01"
	qrPrint    = "\x1d(k\x03\x00\x31\x51\x30"
	cutAfter   = "\x1dVB\x20"
	echo       = "\x1d(H\x06\x00\x30\x30\x41\x42\x43\x44"
	echoed     = "\x37\x22\x41\x42\x43\x44\x00"
	slip       = initialise + chinese + center + double + hello + single + rare + qrModel + qrSize + qrLevel + qrStore + qrPrint + cutAfter
)

// tall is a raster of 48×200 bytes, 25 mm of grey.
var tall = "\x1dv0\x00\x30\x00\xc8\x00" + string(bytes.Repeat([]byte{0xAA, 0x55}, 24*200))

type host struct {
	t *testing.T
	net.Conn
}

func dial(t *testing.T, b *simtest.Bench) host {
	t.Helper()
	c, err := net.Dial("tcp", b.ReceiptTCP)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return host{t, c}
}

func (h host) send(s string) {
	h.t.Helper()
	if _, err := h.Write([]byte(s)); err != nil {
		h.t.Fatal(err)
	}
}

func (h host) expect(want string) {
	h.t.Helper()
	if got := h.read(len(want), 2*time.Second); got != want {
		h.t.Fatalf("got % X, want % X", got, want)
	}
}

func (h host) read(n int, wait time.Duration) string {
	h.t.Helper()
	_ = h.SetReadDeadline(time.Now().Add(wait))
	b := make([]byte, n)
	at := 0
	for at < n {
		k, err := h.Read(b[at:])
		at += k
		if err != nil {
			break
		}
	}
	return string(b[:at])
}

func (h host) status(n byte) byte {
	h.t.Helper()
	h.send("\x10\x04" + string(rune(n)))
	s := h.read(1, 2*time.Second)
	if s == "" {
		h.t.Fatal("no status")
	}
	return s[0]
}

func picture(t *testing.T, b *simtest.Bench, n int) image.Image {
	t.Helper()
	raw, err := b.Control.SlipPNG(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestSlipShowsItsQR(t *testing.T) {
	b := simtest.Start(t, simtest.Receipt)
	h := dial(t, b)
	h.send(slip + echo)
	h.expect(echoed)
	slips := b.Slips()
	if len(slips) != 1 || !slips[0].Complete || !slips[0].Cut || slips[0].Bytes != len(slip) {
		t.Fatalf("slips %+v, job of %d bytes", slips, len(slip))
	}
	img := picture(t, b, 1)
	if d := os.Getenv("TONGBAN_SIM_LOOK"); d != "" {
		raw, _ := b.Control.SlipPNG(t.Context(), 1)
		_ = os.WriteFile(d, raw, 0o644)
	}
	bm, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	res, err := qrcode.NewQRCodeReader().Decode(bm, nil)
	if err != nil || res.GetText() != "TB-VERIFY-01" {
		t.Fatalf("decode: %v %v", res, err)
	}
}

func TestStatusBits(t *testing.T) {
	b := simtest.Start(t, simtest.Receipt)
	h := dial(t, b)
	cases := []struct {
		fault string
		want  [4]byte
	}{
		{"", [4]byte{0x12, 0x12, 0x12, 0x12}},
		{"cover", [4]byte{0x1A, 0x16, 0x12, 0x12}},
		{"paper-out", [4]byte{0x1A, 0x32, 0x12, 0x7E}},
		{"near-end", [4]byte{0x12, 0x12, 0x12, 0x1E}},
	}
	for _, c := range cases {
		if c.fault != "" {
			b.Press(simtest.Receipt, c.fault, 0)
		}
		for n, want := range c.want {
			if got := h.status(byte(n + 1)); got != want {
				t.Errorf("%q: status %d is %02X, want %02X", c.fault, n+1, got, want)
			}
		}
		b.Clear()
	}
}

func TestCutterErrorAndRecovery(t *testing.T) {
	b := simtest.Start(t, simtest.Receipt)
	h := dial(t, b)
	b.Once(simtest.Receipt, "cutter", 0)
	h.send(slip + echo)
	if got := h.read(1, 150*time.Millisecond); got != "" {
		t.Fatalf("echo % X although the cutter is stuck", got)
	}
	if got := h.status(3); got != 0x1A {
		t.Errorf("error status %02X", got)
	}
	h.send("\x10\x05\x01")
	h.expect(echoed)
	if got := h.status(1); got != 0x12 {
		t.Errorf("status after recovery %02X", got)
	}
}

func TestPaperEndsInMidJob(t *testing.T) {
	b := simtest.Start(t, simtest.Receipt)
	h := dial(t, b)
	h.send("\x1da\xff")
	h.expect("\x10\x00\x00\x00")
	b.Press(simtest.Receipt, "paper-out-after", 10)
	h.send(tall + cutAfter + echo)
	h.expect("\x18\x00\x0f\x00")
	if got := h.status(4); got != 0x7E {
		t.Errorf("paper status %02X", got)
	}
	for range 200 { // the paper that is out is laid down a moment after it is told
		if len(b.Slips()) > 0 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if s := b.Slips(); len(s) != 1 || s[0].Complete || s[0].Cut || s[0].HeightPx < 80 || s[0].HeightPx > 120 {
		t.Fatalf("half slip %+v", s)
	}
	h.send("\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08")
	h.expect("\x37\x25\x00")
	b.Paper(simtest.Receipt, "roll")
	h.expect("\x10\x00\x00\x00")
	h.send(slip + echo)
	h.expect(echoed)
	if s := b.Slips(); len(s) != 2 || !s[1].Complete {
		t.Fatalf("after new roll %+v", s)
	}
}

func TestPaperEndWithoutClearGoesOn(t *testing.T) {
	b := simtest.Start(t, simtest.Receipt)
	h := dial(t, b)
	b.Press(simtest.Receipt, "paper-out-after", 10)
	h.send(tall + cutAfter + echo)
	if got := h.read(1, 100*time.Millisecond); got != "" {
		t.Fatalf("echo % X without paper", got)
	}
	b.Paper(simtest.Receipt, "roll")
	h.expect(echoed)
	if s := b.Slips(); len(s) != 2 || s[1].Complete || !s[1].Cut {
		t.Fatalf("second piece must not count as a slip: %+v", s)
	}
}

// A question is no part of a slip: paper that runs out while one waits tears nothing, and the next slip is whole.
func TestPaperOutBetweenJobsSpoilsNoSlip(t *testing.T) {
	b := simtest.Start(t, simtest.Receipt)
	h := dial(t, b)
	h.send("\x1dI1")
	h.expect("\x20")
	b.Press(simtest.Receipt, "paper-out", 0)
	h.send("\x1dr1") // waits at the head
	if got := h.read(1, 100*time.Millisecond); got != "" {
		t.Fatalf("got % X without paper", got)
	}
	b.Release(simtest.Receipt, "paper-out")
	h.expect("\x00")
	h.send(slip + echo)
	h.expect(echoed)
	if s := b.Slips(); len(s) != 1 || !s[0].Complete {
		t.Fatalf("slips %+v", s)
	}
}

func TestPowerCutInMidJob(t *testing.T) {
	b := simtest.Start(t, simtest.Receipt)
	h := dial(t, b)
	b.Press(simtest.Receipt, "power-after", 10)
	h.send(tall + cutAfter + echo)
	if got := h.read(7, 3*time.Second); got != "" {
		t.Fatalf("got % X from a dead printer", got)
	}
	if s := b.Slips(); len(s) != 1 || s[0].Complete || s[0].Why != "断电" {
		t.Fatalf("slips %+v", s)
	}
}

func TestSwallowedEchoAndGarbage(t *testing.T) {
	b := simtest.Start(t, simtest.Receipt)
	h := dial(t, b)
	b.Once(simtest.Receipt, "no-echo", 0)
	h.send(slip + echo)
	if got := h.read(1, 300*time.Millisecond); got != "" {
		t.Fatalf("echo % X", got)
	}
	if s := b.Slips(); len(s) != 1 || !s[0].Complete {
		t.Fatalf("slips %+v", s)
	}
	b.Once(simtest.Receipt, "garbage", 0)
	if got := h.status(1); got&0x93 == 0x12 {
		t.Errorf("garbage status %02X keeps the fixed bits", got)
	}
	b.Press(simtest.Receipt, "silent", 0)
	h.send("\x10\x04\x01")
	if got := h.read(1, 150*time.Millisecond); got != "" {
		t.Fatalf("silent printer said % X", got)
	}
}

func TestCountersOutliveThePower(t *testing.T) {
	dir := t.TempDir()
	for run := 1; run <= 2; run++ {
		term, ready, err := rig.Start(rig.Config{Kinds: []string{"receipt"}, ReceiptTCP: "127.0.0.1:0", NoPTY: true,
			Receipt: receipt.Config{Out: dir, StateFile: dir + "/counters.json"}})
		if err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("tcp", ready.ReceiptTCP)
		if err != nil {
			t.Fatal(err)
		}
		h := host{t, c}
		h.send(slip + "\x1dg2\x00\x32\x00")
		h.expect("_" + string(rune('0'+run)) + "\x00")
		if n := len(term.Receipt.Slips()); n != run {
			t.Errorf("run %d has %d slips", run, n)
		}
		_ = c.Close()
		if err := term.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStatusWhileACommandIsShortOfData(t *testing.T) {
	b := simtest.Start(t, simtest.Receipt)
	h := dial(t, b)
	h.send(tall[:2000])
	time.Sleep(50 * time.Millisecond)
	if got := h.status(1); got != 0x12 {
		t.Errorf("status %02X", got)
	}
	h.send(tall[2000:] + cutAfter + echo)
	h.expect(echoed)
}

func TestTearIsSeen(t *testing.T) {
	b := simtest.Start(t, simtest.Receipt)
	h := dial(t, b)
	h.send(slip + echo)
	h.expect(echoed)
	b.Paper(simtest.Receipt, "tear")
	if s := b.Slips(); !s[0].Torn {
		t.Error("slip still hangs there")
	}
	var _ control.Slip = b.Slips()[0]
}
