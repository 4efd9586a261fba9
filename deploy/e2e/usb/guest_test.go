//go:build usbguest

package usb

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tongban/deploy/sim/barcode"
	"tongban/deploy/sim/idcard"
	simpass "tongban/deploy/sim/passport"
	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/deploy/sim/trace"
	sim "tongban/deploy/sim/usb"
	"tongban/deploy/sim/wire"
	"tongban/drivers"
	"tongban/drivers/barcode/hidpos"
	"tongban/drivers/barcode/serial"
	"tongban/drivers/hal"
	"tongban/drivers/hal/hotplug"
	"tongban/drivers/hal/usb"
	"tongban/drivers/idcard/sdt"
	"tongban/drivers/passport/ccid"
	"tongban/drivers/receipt/escpos"
	"tongban/drivers/signature/digitizer"
)

// TestMain is the first process of the machine: it sets up what a system would, runs the tests and turns the power off.
func TestMain(m *testing.M) {
	code := 1
	if err := setUp(); err != nil {
		fmt.Println("USB-GUEST: set-up:", err)
	} else {
		code = m.Run()
	}
	fmt.Printf("USB-GUEST: exit %d\n", code)
	if os.Getpid() == 1 {
		unix.Sync()
		_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
	}
	os.Exit(code)
}

func setUp() error {
	for _, m := range [][3]string{{"proc", "/proc", "proc"}, {"sysfs", "/sys", "sysfs"}, {"devtmpfs", "/dev", "devtmpfs"}, {"tmpfs", "/tmp", "tmpfs"}} {
		_ = os.MkdirAll(m[1], 0o755)
		if err := unix.Mount(m[0], m[1], m[2], 0, ""); err != nil {
			return fmt.Errorf("mount %s: %w", m[1], err)
		}
	}
	_ = os.MkdirAll("/dev/pts", 0o755)
	if err := unix.Mount("devpts", "/dev/pts", "devpts", 0, "ptmxmode=0666"); err != nil {
		return fmt.Errorf("mount devpts: %w", err)
	}
	modules, err := filepath.Glob("/mods/*.ko")
	if err != nil {
		return err
	}
	slices.Sort(modules)
	for _, path := range modules {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		settings := ""
		if strings.HasSuffix(path, "-vivid.ko") { // two cameras that are nothing but cameras
			settings = "n_devs=2 num_inputs=1,1 node_types=0x1,0x1"
		}
		if err := unix.FinitModule(int(f.Fd()), settings, 0); err != nil && err != unix.EEXIST {
			return fmt.Errorf("load %s: %w", path, err)
		}
		_ = f.Close()
	}
	if out, err := exec.Command("/busybox", "ifconfig", "lo", "127.0.0.1", "up").CombinedOutput(); err != nil {
		return fmt.Errorf("loopback: %w: %s", err, out)
	}
	return nil
}

func kernel(t *testing.T) *sim.Kernel {
	t.Helper()
	k, err := sim.NewKernel()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func terminal(t *testing.T, set func(*rig.Config), kinds ...string) *simtest.Bench {
	t.Helper()
	k := kernel(t)
	return simtest.StartWith(t, []simtest.Option{func(c *rig.Config) {
		c.Bus, c.NoPTY, c.IDCardTCP, c.ReceiptTCP = k, true, "", ""
		set(c)
	}}, kinds...)
}

func openReader(t *testing.T, address string) *sdt.Reader {
	t.Helper()
	port, err := hal.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	r, err := sdt.Open(t.Context(), port, drivers.Params{"poll": "100ms"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func read(t *testing.T, r *sdt.Reader) (drivers.IDCard, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
	defer cancel()
	return r.Read(ctx, nil)
}

// The reader in its three shapes: every card, a damaged answer, the plug pulled in mid-read, and the next card after that
// with the same driver.
func TestKernelReader(t *testing.T) {
	for layout, address := range map[string]string{
		idcard.TwoPipes: "usb:0400:c35a", idcard.FourPipes: "usb:0400:c35a?serial=510799-0001", idcard.Reports: "hid:0400:c35a",
	} {
		t.Run(layout, func(t *testing.T) {
			b := terminal(t, func(c *rig.Config) { c.IDCardUSB = layout }, simtest.IDCard)
			r := openReader(t, address)
			for _, p := range idcard.People() {
				b.TakeCard()
				b.PutCard(p.Key)
				c, err := read(t, r)
				if err != nil || c.Name != p.Name || c.IDNumber != p.IDNumber || len(c.PhotoWLT) != 1024 {
					t.Fatalf("%s: type %s, photo of %d bytes, %v", p.Key, c.Type, len(c.PhotoWLT), err)
				}
				t.Logf("%s read in %d ms", p.Key, c.ElapsedMS)
			}
			b.TakeCard()
			b.PutCard("zhou")
			b.Once(simtest.IDCard, "checksum", 0)
			if _, err := read(t, r); err != nil {
				t.Errorf("one damaged answer: %v", err)
			}
			b.TakeCard()
			b.PutCard("xie")
			b.Once(simtest.IDCard, "cut-mid-read", 1500)
			start := time.Now()
			_, err := read(t, r)
			if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || f.Reason != drivers.ReasonUnplugged {
				t.Fatalf("pulled in mid-read: %v", err)
			}
			t.Logf("pulled in mid-read: told after %v", time.Since(start))
			if s, err := r.Status(t.Context()); s.State != drivers.StateNoDevice || err == nil {
				t.Errorf("pulled: status %+v %v", s, err)
			}
			var c drivers.IDCard
			for range 60 {
				if c, err = read(t, r); err == nil {
					break
				}
				time.Sleep(100 * time.Millisecond)
				b.TakeCard()
				b.PutCard("xie")
			}
			if err != nil || c.AddressAdded == "" {
				t.Errorf("after plugging again: %v", err)
			}
		})
	}
}

// A second owner is told that the device is held, also where it is another program's claim that the kernel keeps.
func TestKernelHeld(t *testing.T) {
	terminal(t, func(c *rig.Config) { c.IDCardUSB = idcard.TwoPipes }, simtest.IDCard)
	r := openReader(t, "usb:0400:c35a")
	if _, err := hal.Open(t.Context(), "usb:0400:c35a"); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		t.Errorf("second owner: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	openReader(t, "usb:0400:c35a")
}

// The printer, taken from the kernel's own driver: a confirmed slip, paper out refused, the plug pulled and put back.
func TestKernelPrinter(t *testing.T) {
	b := terminal(t, func(c *rig.Config) { c.PrintUSB = true }, simtest.Receipt)
	list, err := usb.Machine.List()
	if err != nil || !slices.ContainsFunc(list, func(d usb.Info) bool {
		return d.VID == 0x04B8 && len(d.Interfaces) == 1 && d.Interfaces[0].Driver == "usblp" && d.Interfaces[0].Class == usb.ClassPrinter
	}) {
		t.Fatalf("the kernel's printer driver has not bound: %+v %v", list, err)
	}
	port, err := hal.Open(t.Context(), "usb:04b8:0202")
	if err != nil {
		t.Fatal(err)
	}
	p, err := escpos.Open(t.Context(), port, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	slip := drivers.Slip{Key: "k-0001", Lines: []drivers.Line{{Text: "受理回执 样例", Size: 1}}, QR: "https://zwfw.example.cn/p/1"}
	got, err := p.Print(t.Context(), slip)
	if err != nil || !got.Confirmed {
		t.Fatalf("print: %+v %v", got, err)
	}
	if slips := b.Slips(); len(slips) != 1 || !slips[0].Complete {
		t.Errorf("slips %+v", slips)
	}
	b.Paper(simtest.Receipt, "none")
	if _, err := p.Print(t.Context(), slip); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonPaperOut {
		t.Errorf("without paper: %v", err)
	}
	b.Paper(simtest.Receipt, "roll")
	b.Press(simtest.Receipt, "cut", 0)
	if s, err := p.Status(t.Context()); err == nil || s.State != drivers.StateNoDevice {
		t.Errorf("pulled: %+v %v", s, err)
	}
	b.Release(simtest.Receipt, "cut")
	for range 60 {
		if s, err := p.Status(t.Context()); err == nil && s.Ready() {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if got, err := p.Print(t.Context(), slip); err != nil || !got.Confirmed {
		t.Errorf("after plugging again: %+v %v", got, err)
	}
}

// Code readers of both kinds: symbology and text, Chinese in GBK, a code of many reports, the plug pulled in the middle of waiting.
func TestKernelCodes(t *testing.T) {
	for kind, c := range map[string]struct {
		address string
		open    func(drivers.Port) (drivers.BarcodeReader, error)
		codes   []string
	}{
		barcode.POSReader: {"hid:05e0:1300?as=reports", func(p drivers.Port) (drivers.BarcodeReader, error) { return hidpos.Open(p, nil) }, []string{"slip", "utf8", "gb18030", "lines", "gs1", "big"}},
		barcode.KeyboardReader: {"keys:05e0:1200", func(p drivers.Port) (drivers.BarcodeReader, error) {
			return serial.Open(p, drivers.Params{"gap": "100ms"})
		}, []string{"slip", "gb18030", "code128", "ean13"}},
	} {
		t.Run(kind, func(t *testing.T) {
			b := terminal(t, func(r *rig.Config) { r.ScanUSB = kind }, simtest.Barcode)
			port, err := hal.Open(t.Context(), c.address)
			if err != nil {
				t.Fatal(err)
			}
			r, err := c.open(port)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = r.Close() }()
			for _, code := range c.codes {
				time.AfterFunc(300*time.Millisecond, func() { b.Paper(simtest.Barcode, code) })
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				got, err := r.Read(ctx)
				cancel()
				if want := texts[code]; err != nil || got.Text != want[1] || got.Symbology != want[0] {
					t.Errorf("%s: %s %q %v", code, got.Symbology, got.Text, err)
				}
			}
			pulled := make(chan struct{})
			time.AfterFunc(300*time.Millisecond, func() { b.Press(simtest.Barcode, "cut", 0); close(pulled) })
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if _, err := r.Read(ctx); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonUnplugged {
				t.Errorf("pulled: %v", err)
			}
			<-pulled
		})
	}
}

// The signature pad: its size from the report descriptor, strokes, a report that breaks, the plug pulled in the middle of a stroke, and a
// signature after that with the same driver.
func TestKernelPad(t *testing.T) {
	b := terminal(t, func(*rig.Config) {}, simtest.Signature)
	port, err := hal.Open(t.Context(), "hid:1209:0001?as=reports")
	if err != nil {
		t.Fatal(err)
	}
	p, err := digitizer.Open(t.Context(), port, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	if a := p.Area(); a.PerMM == 0 || a.Width/a.PerMM != 260 || a.Height/a.PerMM != 160 || a.Levels != 1024 {
		t.Errorf("area %+v", a)
	}
	write := func(during func()) (drivers.Ink, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		done, left := make(chan struct{}), 0
		time.AfterFunc(300*time.Millisecond, func() { b.Paper(simtest.Signature, "name") })
		return p.Write(ctx, done, func(_ drivers.InkPoint, s drivers.PenStep) {
			switch s {
			case drivers.PenMove:
				if during != nil {
					go during()
					during = nil
				}
			case drivers.PenUp:
				if left++; left == 3 {
					close(done)
				}
			}
		})
	}
	i, err := write(nil)
	if err != nil || len(i.Strokes) != 3 || i.Points() < 100 {
		t.Fatalf("written: %v, %d points, %v", i, i.Points(), err)
	}
	if s := i.Strokes[0]; s[0].X < 0.19*i.Width || s[0].X > 0.21*i.Width || s[len(s)-1].Pressure < 0.85 {
		t.Error("the first stroke is not where it was written")
	}
	// Through the kernel a report that breaks has also passed without a trace; what must never be is a signature with a piece missing.
	if i, err := write(func() { b.Once(simtest.Signature, "half", 0) }); err == nil {
		if len(i.Strokes) != 3 || i.Points() < 100 {
			t.Errorf("a report that breaks: %v, %d points", i, i.Points())
		}
	} else if drivers.Fault(err).Reason != drivers.ReasonLineNoise {
		t.Errorf("a report that breaks: %v", err)
	}
	time.Sleep(2 * time.Second) // the hand ends
	if _, err := write(func() { b.Press(simtest.Signature, "cut", 0) }); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonUnplugged || !strings.Contains(err.Error(), "stroke") {
		t.Errorf("pulled: %v", err)
	}
	b.Release(simtest.Signature, "cut")
	for range 60 {
		if s, err := p.Status(t.Context()); err == nil && s.Ready() {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	time.Sleep(2 * time.Second)
	if i, err := write(nil); err != nil || len(i.Strokes) != 3 {
		t.Errorf("after plugging again: %v %v", i, err)
	}
}

// A passport reader of the USB class: every document by zone and by number, the plug pulled in the middle of the portrait, and the next
// document after that with the same driver.
func TestKernelPassport(t *testing.T) {
	desc, shape := simpass.USB()
	far := wire.USB(kernel(t), "0", desc, shape)
	d, err := simpass.New(simpass.Config{CCID: &simpass.CCID{}}, trace.New(), far)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	port, err := hal.Open(t.Context(), "usb:1209:0001")
	if err != nil {
		t.Fatal(err)
	}
	r, err := ccid.Open(t.Context(), port, drivers.Params{"poll": "100ms", "csca": []*x509.Certificate{d.CSCA()}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	read := func(doc simpass.Document, a drivers.PassportAccess, on func(drivers.PassportEvent)) (drivers.Passport, error) {
		t.Helper()
		if err := d.Put(doc.Key); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		return r.Read(ctx, a, on)
	}
	for _, doc := range simpass.Documents() {
		for _, a := range []drivers.PassportAccess{{MRZ: doc.Zone()}, {CAN: doc.CAN}} {
			p, err := read(doc, a, nil)
			if err != nil || p.Number != doc.Number || p.Verdict != drivers.VerdictGenuine || len(p.Photo) != doc.PhotoBytes {
				t.Fatalf("%s: %s, photo of %d bytes, %v", doc.Key, p.Verdict, len(p.Photo), err)
			}
			t.Logf("%s read in %d ms", doc.Key, p.ElapsedMS)
		}
	}
	first := simpass.Documents()[0]
	var pulled time.Time
	_, err = read(first, drivers.PassportAccess{MRZ: first.Zone()}, func(e drivers.PassportEvent) {
		if e.Percent > 30 && pulled.IsZero() {
			far.Cut()
			pulled = time.Now()
		}
	})
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || f.Reason != drivers.ReasonUnplugged {
		t.Fatalf("pulled in the middle of the portrait: %v", err)
	}
	t.Logf("pulled in the middle of the portrait: told after %v", time.Since(pulled))
	if err := far.Plug(); err != nil {
		t.Fatal(err)
	}
	for range 60 {
		if _, err = read(first, drivers.PassportAccess{MRZ: first.Zone()}, nil); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("after plugging again: %v", err)
}

// texts are symbology and content of the codes.
var texts = map[string][2]string{
	"slip": {"qr", "https://zwfw.example.cn/p/7Q2M-9XKD-4H1T"}, "utf8": {"qr", "办件编号 样民 2026 1124 0037 6"}, "gb18030": {"qr", "办件编号 样民 2026"},
	"lines": {"qr", "第一行\r\n第二行\r\n第三行"}, "gs1": {"gs1-128", "0106901234567892\x1d10ABC123"}, "big": {"qr", strings.Repeat("0123456789", 280)},
	"code128": {"code128", "TB-2026-0037"}, "ean13": {"ean13", "6901234567892"},
}

// Ten devices behind one controller: the kernel tells of each plugging, the list has each at its own socket.
func TestKernelHotplug(t *testing.T) {
	k := kernel(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	events := hotplug.Watch(ctx)
	const many = 10
	for i := range many {
		d, _, err := idcard.USB(idcard.TwoPipes)
		if err != nil {
			t.Fatal(err)
		}
		d.PID, d.Serial = uint16(0x1000+i), fmt.Sprintf("510799-%04d", i)
		if err := k.Plug(fmt.Sprint(i), sim.NewDevice(d)); err != nil {
			t.Fatal(err)
		}
	}
	list, err := usb.Machine.List()
	if err != nil {
		t.Fatal(err)
	}
	paths := map[string]bool{}
	for _, d := range list {
		paths[d.Path] = d.VID == 0x0400 && d.PID >= 0x1000 && d.PID < 0x1000+many
	}
	if len(list) != many || len(paths) != many {
		t.Errorf("list %+v", list)
	}
	for i := range many {
		k.Unplug(fmt.Sprint(i))
	}
	told := map[string]int{}
	limit := time.After(10 * time.Second)
	for told["add"] < many || told["remove"] < many {
		select {
		case e := <-events:
			if e.Subsystem == "usb" && e.VID == 0x0400 {
				if !paths[e.Path] {
					t.Errorf("event %+v at no socket of the list", e)
				}
				told[string(e.Action)]++
			}
		case <-limit:
			t.Fatalf("told %v", told)
		}
	}
}
