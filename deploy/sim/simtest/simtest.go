// Package simtest starts emulated devices inside a test (仿真外设测试台). A test opens IDCard, Receipt or Camera with the
// real driver and plays the citizen and the broken hardware through Control.
//
//	b := simtest.Start(t, simtest.IDCard, simtest.Receipt)
//	b.PutCard("zhou")                         // a person's key, see idcard/people.json
//	b.Once(simtest.IDCard, "checksum", 0)     // the next reply has a wrong checksum
//	… open b.IDCard (a pty path) with the driver …
package simtest

import (
	"testing"

	"tongban/deploy/sim/client"
	"tongban/deploy/sim/control"
	"tongban/deploy/sim/idcard"
	"tongban/deploy/sim/rig"
)

// Kinds of devices.
const (
	IDCard  = "idcard"
	Receipt = "receipt"
	Camera  = "camera"
	Laser   = "laser"
	Barcode = "barcode"

	Fingerprint = "fingerprint"
	Signature   = "signature" // on USB only: it needs a bus
	Relay       = "relay"
	Passport    = "passport"
	MRZ         = "mrz" // the reader of printed lines

	Face = "face" // the camera that looks at the citizen
	CCTV = "cctv"
)

// Bench is a running set of devices that ends with the test.
type Bench struct {
	IDCard     string // pty path, stable across a cut and re-plug
	IDCardTCP  string // host:port of the same reader
	Receipt    string // pty path
	ReceiptTCP string // host:port of the same printer
	Camera     string // base URL of the eSCL service, ends in /eSCL
	Laser      string // URL of the IPP printer, ends in /ipp/print; only where it was named
	LaserTCP   string // host:port of its raw line; only where an option asked for it
	LaserPTY   string // pty path of its raw line; only where an option asked for it
	Barcode    string // pty path; only where it was named
	Control    *client.Client

	Fingerprint string // pty path; only where it was named
	Relay       string // pty path; only where it was named
	MRZ         string // pty path; only where it was named
	Passport    string // address of the reader, for the driver passport/ccid; only where it was named
	Face        string // address of both eyes, for the driver camera/uvc; only where it was named
	CCTV        string // URL of the device service; only where it was named
	Terminal    *rig.Terminal

	t testing.TB
}

// Option changes the set-up before it starts.
type Option func(*rig.Config)

// RealTime gives the devices the pace of real hardware; without it they answer at once.
func RealTime() Option {
	return func(c *rig.Config) {
		c.IDCard = idcard.Real()
		c.Receipt.MMPerSecond = 100
	}
}

// Dots sets the width of the printer: 384 for 58 mm, 576 for 80 mm paper.
func Dots(n int) Option { return func(c *rig.Config) { c.Receipt.Dots = n } }

// People replaces the card holders.
func People(p []idcard.Person) Option { return func(c *rig.Config) { c.IDCard.People = p } }

// Start runs the given kinds, those that every terminal has when none is named.
func Start(t testing.TB, kinds ...string) *Bench {
	t.Helper()
	return StartWith(t, nil, kinds...)
}

// StartWith is Start with options.
func StartWith(t testing.TB, options []Option, kinds ...string) *Bench {
	t.Helper()
	if len(kinds) == 0 {
		kinds = rig.Kinds
	}
	c := rig.Config{Name: "TEST-01", Kinds: kinds, IDCardTCP: "127.0.0.1:0", ReceiptTCP: "127.0.0.1:0"}.InDir(t.TempDir())
	for _, o := range options {
		o(&c)
	}
	term, ready, err := rig.Start(c)
	if err != nil {
		t.Fatalf("start emulators: %v", err)
	}
	t.Cleanup(func() {
		if err := term.Close(); err != nil {
			t.Errorf("stop emulators: %v", err)
		}
	})
	if ready.Face != "" {
		ready.Face = "tcp:" + ready.Face
	}
	if ready.Passport != "" {
		ready.Passport = "tcp:" + ready.Passport
	}
	return &Bench{
		IDCard: ready.IDCard, IDCardTCP: ready.IDCardTCP, Receipt: ready.Receipt, ReceiptTCP: ready.ReceiptTCP, Camera: ready.Camera, Laser: ready.Laser, LaserTCP: ready.LaserTCP, LaserPTY: ready.LaserPTY, Barcode: ready.Barcode, Fingerprint: ready.Fingerprint, Relay: ready.Relay, Passport: ready.Passport, MRZ: ready.MRZ, Face: ready.Face, CCTV: ready.CCTV,
		Control: client.New(ready.Control), Terminal: term, t: t,
	}
}

func (b *Bench) must(what string, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// PutCard lays a person's card on the reader.
func (b *Bench) PutCard(person string) {
	b.t.Helper()
	b.must("put card", b.Control.PutCard(b.t.Context(), person))
}

// TakeCard lifts it.
func (b *Bench) TakeCard() {
	b.t.Helper()
	b.must("take card", b.Control.TakeCard(b.t.Context()))
}

// Press presses a fault button until it is released; value 0 is the button's default.
func (b *Bench) Press(device, fault string, value int) {
	b.t.Helper()
	b.must("press "+fault, b.Control.Press(b.t.Context(), device, fault, value))
}

// Once presses a fault button for one strike.
func (b *Bench) Once(device, fault string, value int) {
	b.t.Helper()
	b.must("press "+fault, b.Control.Once(b.t.Context(), device, fault, value))
}

// Release lets a button go.
func (b *Bench) Release(device, fault string) {
	b.t.Helper()
	b.must("release "+fault, b.Control.Release(b.t.Context(), device, fault))
}

// Clear lets all buttons go.
func (b *Bench) Clear() {
	b.t.Helper()
	b.must("clear faults", b.Control.Clear(b.t.Context()))
}

// Paper changes paper: receipt "roll", "none", "tear"; camera a sheet's key or "none".
func (b *Bench) Paper(device, paper string) {
	b.t.Helper()
	b.must("paper", b.Control.Paper(b.t.Context(), device, paper))
}

// Slips lists what was printed so far.
func (b *Bench) Slips() []control.Slip {
	b.t.Helper()
	out, err := b.Control.Slips(b.t.Context())
	b.must("list slips", err)
	return out
}
