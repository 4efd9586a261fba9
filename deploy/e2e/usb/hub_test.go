//go:build usbguest

package usb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/hal"
	"tongban/drivers/hal/usb"
	"tongban/drivers/idcard/sdt"
	"tongban/drivers/receipt/escpos"
)

// A terminal with two sockets (the desktop terminal has no more): a hub in the first, and in the hub two serial adapters of one maker, with the
// same numbers and the same serial number. Behind the first is the card reader, behind the second the receipt printer.
const (
	hubSocket     = "1"
	readerSocket  = "1.1"
	printerSocket = "1.2"
	otherSocket   = "1.3"
	adapter       = "0403:6001"
)

// Two like adapters behind a hub: told apart by their sockets, used at once, one pulled while the other prints, plugged in elsewhere and
// found there, put back and healed; at last the hub itself is pulled with both.
func TestKernelHub(t *testing.T) {
	m := newMonitor(t)
	b := simtest.StartWith(t, []simtest.Option{func(c *rig.Config) { c.NoPTY = true }}, simtest.IDCard, simtest.Receipt)
	bridge(t, "line0", b.IDCardTCP)
	bridge(t, "line1", b.ReceiptTCP)

	m.plug(t, "usb-hub", "hub", hubSocket, "")
	m.plug(t, "usb-serial", "reader", readerSocket, "line0")
	m.plug(t, "usb-serial", "printer", printerSocket, "line1")
	t.Cleanup(func() { m.pull(t, "hub") })
	lines := sockets(t, 2)
	reader, printer := lines[".1"], lines[".2"]
	if reader == "" || printer == "" {
		t.Fatalf("lines at %v", lines)
	}
	bus, _, _ := strings.Cut(reader, "-")
	if list, err := usb.Machine.List(); err != nil || !slices.ContainsFunc(list, func(d usb.Info) bool { return d.Path == bus+"-1" }) || len(list) != 3 {
		t.Errorf("the list shows no hub with two devices: %+v %v", list, err)
	}
	if _, err := hal.Open(t.Context(), "serial:"+adapter); err == nil || drivers.Fault(err).Code != drivers.CodeInvalidData {
		t.Errorf("an address that fits both: %v", err)
	}

	r := openReader(t, at(reader))
	p := openPrinter(t, at(printer))
	t.Run("both at once", func(t *testing.T) { atOnce(t, b, r, p) })
	t.Run("one pulled while the other prints", func(t *testing.T) {
		var wg sync.WaitGroup
		first, pulled := make(chan struct{}), make(chan struct{})
		wg.Go(func() {
			for i, after := 0, 0; after < 2; i++ { // two slips begin after the pulling, and one lies around it
				select {
				case <-pulled:
					after++
				default:
				}
				if got, err := p.Print(t.Context(), slip(fmt.Sprintf("k-1%d", i))); err != nil || !got.Confirmed {
					t.Errorf("slip %d: %+v %v", i, got, err)
				}
				if i == 0 {
					close(first)
				}
			}
		})
		<-first
		m.pull(t, "reader")
		close(pulled)
		wg.Wait()
		if _, err := read(t, r); err == nil || drivers.Fault(err).Code != drivers.CodeNoDevice || drivers.Fault(err).Reason != drivers.ReasonUnplugged {
			t.Errorf("the reader: %v", err)
		}
	})
	t.Run("found at another socket", func(t *testing.T) {
		m.plug(t, "usb-serial", "reader", otherSocket, "line0")
		elsewhere := sockets(t, 2)[".3"]
		if elsewhere == "" {
			t.Fatalf("lines at %v", sockets(t, 2))
		}
		moved := openReader(t, at(elsewhere))
		b.TakeCard()
		b.PutCard("zhou")
		if c, err := read(t, moved); err != nil || c.Name == "" {
			t.Errorf("at the other socket: %v", err)
		}
		if _, err := read(t, r); err == nil || drivers.Fault(err).Code != drivers.CodeNoDevice {
			t.Errorf("the old address found it as well: %v", err)
		}
		if err := moved.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Run("put back", func(t *testing.T) {
		m.pull(t, "reader")
		m.plug(t, "usb-serial", "reader", readerSocket, "line0")
		healed(t, b, r)
	})
	t.Run("the hub pulled with both", func(t *testing.T) {
		m.pull(t, "hub")
		if s, err := r.Status(t.Context()); err == nil || s.State != drivers.StateNoDevice {
			t.Errorf("the reader: %+v %v", s, err)
		}
		if s, err := p.Status(t.Context()); err == nil || s.State != drivers.StateNoDevice {
			t.Errorf("the printer: %+v %v", s, err)
		}
		m.plug(t, "usb-hub", "hub", hubSocket, "")
		m.plug(t, "usb-serial", "printer", printerSocket, "line1") // the other way round: nodes change their places
		m.plug(t, "usb-serial", "reader", readerSocket, "line0")
		sockets(t, 2)
		healed(t, b, r)
		for range 60 { // as supervision asks, which also hears of the loss
			if s, err := p.Status(t.Context()); err == nil && s.Ready() {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		atOnce(t, b, r, p)
	})
}

func at(socket string) string { return "serial:" + adapter + "?path=" + socket }

// sockets waits until so many adapters are lines and tells where each is, by the end of its socket.
func sockets(t *testing.T, many int) map[string]string {
	t.Helper()
	out := map[string]string{}
	for range 100 {
		list, err := hal.Lines("/")
		if err != nil {
			t.Fatal(err)
		}
		clear(out)
		for _, l := range list {
			if _, socket, ok := strings.Cut(l.Socket, adapter+"?path="); ok && l.Driver == "ftdi_sio" {
				out[socket[strings.LastIndex(socket, "."):]] = socket
			}
		}
		if len(out) == many {
			return out
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("lines at %v, want %d", out, many)
	return nil
}

func openPrinter(t *testing.T, address string) drivers.ReceiptPrinter {
	t.Helper()
	port, err := hal.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	p, err := escpos.Open(t.Context(), port, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func slip(key string) drivers.Slip {
	return drivers.Slip{Key: key, Lines: []drivers.Line{{Text: "受理回执 样例", Size: 1}}, QR: "https://zwfw.example.cn/p/1"}
}

// atOnce reads three cards while three slips are printed, and wants all of them.
func atOnce(t *testing.T, b *simtest.Bench, r *sdt.Reader, p drivers.ReceiptPrinter) {
	t.Helper()
	before := len(b.Slips())
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 3 {
			if got, err := p.Print(t.Context(), slip(fmt.Sprintf("k-%s-%d", t.Name(), i))); err != nil || !got.Confirmed {
				t.Errorf("slip %d: %+v %v", i, got, err)
			}
		}
	})
	for _, person := range []string{"zhou", "xie", "zhou"} {
		b.TakeCard()
		b.PutCard(person)
		if c, err := read(t, r); err != nil || c.Name == "" || len(c.PhotoWLT) != 1024 {
			t.Errorf("card of %s: %v", person, err)
		}
	}
	wg.Wait()
	slips := b.Slips()
	if len(slips) != before+3 || slices.ContainsFunc(slips, func(s control.Slip) bool { return !s.Complete }) {
		t.Errorf("%d slips, %d before", len(slips), before)
	}
}

// healed waits until a reader that was away reads again, with the driver that has lost it.
func healed(t *testing.T, b *simtest.Bench, r *sdt.Reader) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		b.TakeCard()
		b.PutCard("xie")
		if c, err := read(t, r); err == nil && c.AddressAdded != "" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Error("after plugging again: no card is read")
}
