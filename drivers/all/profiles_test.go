package all_test

import (
	"context"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"tongban/deploy/sim/barcode"
	"tongban/deploy/sim/cctv"
	"tongban/deploy/sim/machine"
	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/sanetest"
	"tongban/deploy/sim/simtest"
	"tongban/deploy/sim/usb"
	"tongban/deploy/sim/video"
	"tongban/drivers"
	"tongban/drivers/all"
	"tongban/drivers/hal"
	"tongban/drivers/hal/sane"
	"tongban/drivers/hal/tape"
)

// profile is what a driver sees of a device profile. The files are read here as data: neither folder imports the other,
// so that a profile can be changed without a driver and a driver used without profiles.
type profile struct {
	Profile      string         `yaml:"profile"`
	Kind         drivers.Kind   `yaml:"kind"`
	Driver       string         `yaml:"driver"`
	Capabilities []string       `yaml:"capabilities"`
	Params       drivers.Params `yaml:"params"`
	Quirks       []string       `yaml:"quirks"`
	Tape         string         `yaml:"tape"`
}

const root = "../../firmware-profiles"

func profiles(t *testing.T) []profile {
	t.Helper()
	var out []profile
	for _, d := range all.Drivers() {
		files, err := filepath.Glob(filepath.Join(root, string(d.Kind), "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no profiles of kind %s: %v", d.Kind, err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			var p profile
			if err := yaml.Unmarshal(b, &p); err != nil {
				t.Fatalf("%s: %v", f, err)
			}
			if p.Driver == "none yet" { // said plainly in the profile: there is nothing to play
				continue
			}
			if !slices.ContainsFunc(out, func(q profile) bool { return q.Profile == p.Profile }) {
				out = append(out, p)
			}
		}
	}
	return out
}

// settings are the params as the agent hands them over.
func (p profile) settings() drivers.Params {
	s := drivers.Params{}
	maps.Copy(s, p.Params)
	if len(p.Quirks) > 0 {
		s["quirks"] = p.Quirks
	}
	return s
}

// capabilities is what each capability word of a profile needs of the opened device.
var capabilities = map[string]func(drivers.Device) bool{
	"idcard.read":          has[drivers.IDCardReader],
	"idcard.photo":         has[drivers.IDCardReader],
	"idcard.added-address": has[drivers.IDCardReader],
	"idcard.removed":       has[drivers.IDCardReader],
	"receipt.print":        has[drivers.ReceiptPrinter],
	"receipt.status":       has[drivers.ReceiptPrinter],
	"receipt.confirm":      has[drivers.ReceiptPrinter],
	"scanner.preview":      has[drivers.DocumentCamera],
	"scanner.capture": func(d drivers.Device) bool {
		_, pages := d.(drivers.PageScanner)
		return pages || has[drivers.DocumentCamera](d)
	},
	"cctv.still":     has[drivers.SurveillanceCamera],
	"cctv.stream":    has[drivers.SurveillanceCamera],
	"camera.visible": has[drivers.FaceCamera],
	"camera.infrared": func(d drivers.Device) bool {
		c, ok := d.(drivers.FaceCamera)
		return ok && slices.Contains(c.Streams(), drivers.StreamInfrared)
	},
	"scanner.pages":       has[drivers.PageScanner],
	"barcode.read":        has[drivers.BarcodeReader],
	"fingerprint.capture": has[drivers.FingerprintReader],
	"fingerprint.image":   has[drivers.FingerprintReader],
	"fingerprint.compare": has[drivers.FingerprintMatcher],
	"laser.print":         has[drivers.LaserPrinter],
	"laser.status":        has[drivers.LaserPrinter],
	"laser.supplies":      has[drivers.LaserPrinter],
	"laser.count":         has[drivers.LaserPrinter],
	"signature.stroke":    has[drivers.SignaturePad],
	"signature.pressure":  feels,
	"light.switch":        has[drivers.LightBar],
	"door.open":           has[drivers.DoorContact],
	"speaker.play":        has[drivers.Speaker],
	"speaker.volume":      has[drivers.Speaker],
	"display.content":     has[drivers.SecondScreen],
	"passport.chip":       has[drivers.PassportReader],
	"passport.mrz":        has[drivers.ZoneReader],
}

func has[T any](d drivers.Device) bool { _, ok := d.(T); return ok }

// feels reports whether a pad tells pressure, which its tape shows in the report descriptor.
func feels(d drivers.Device) bool {
	p, ok := d.(drivers.SignaturePad)
	return ok && p.Area().Levels > 1
}

// Every profile names a driver that is there and quirks that it knows, and its driver plays through its tape to the last
// byte: it opens, tells its state, and does what a device of its kind is there for.
func TestEveryProfilePlaysItsTape(t *testing.T) {
	for _, p := range profiles(t) {
		t.Run(p.Profile, func(t *testing.T) {
			d, err := all.Lookup(p.Driver)
			if err != nil || d.Kind != p.Kind {
				t.Fatalf("driver %s of kind %s: %v", p.Driver, d.Kind, err)
			}
			for _, q := range p.Quirks {
				if !slices.Contains(d.Quirks, q) {
					t.Errorf("quirk %s: the driver knows %v", q, d.Quirks)
				}
			}
			if p.Tape == "" {
				onMachine(t, d, p)
				return
			}
			f, err := os.Open(filepath.Join(root, p.Tape))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			x, err := tape.Parse(f)
			if err != nil {
				t.Fatal(err)
			}
			deck, err := tape.Play(x)
			if err != nil {
				t.Fatal(err)
			}
			dev, got := walk(t, d, deck, p)
			if wrong := sound(got); wrong != "" {
				t.Error(wrong)
			}
			capable(t, dev, p)
			if err := deck.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}

func capable(t *testing.T, dev drivers.Device, p profile) {
	t.Helper()
	for _, c := range p.Capabilities {
		if need := capabilities[c]; need == nil || !need(dev) {
			t.Errorf("capability %s: the device has none", c)
		}
	}
}

// onMachine opens a part of the machine, which has no line and no tape, on an emulated one.
func onMachine(t *testing.T, d drivers.Driver, p profile) {
	t.Helper()
	m, err := machine.New(t.TempDir())
	if err == nil {
		err = m.Card(true)
	}
	if err == nil {
		err = m.Connect("HDMI-A-1", &machine.Screen{Name: "SMPL 21", WidthMM: 477, HeightMM: 268, Width: 1920, Height: 1080})
	}
	if err != nil {
		t.Fatal(err)
	}
	address := map[drivers.Kind]string{drivers.KindSpeaker: "sound:default", drivers.KindDisplay: "screen:HDMI-A-1"}[p.Kind]
	if address == "" {
		t.Fatalf("a %s is no part of the machine: it needs a tape", p.Kind)
	}
	port, err := hal.Open(t.Context(), address+"?root="+m.Root())
	if err != nil {
		t.Fatal(err)
	}
	dev, err := d.Open(t.Context(), port, p.settings())
	if err != nil {
		t.Fatal(err)
	}
	capable(t, dev, p)
	if err := dev.Close(); err != nil {
		t.Error(err)
	}
}

// walk is all.Walk, and looks at what comes of it.
func walk(t *testing.T, d drivers.Driver, port drivers.Port, p profile) (drivers.Device, any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	dev, got, err := all.Walk(ctx, d, port, p.settings())
	if err != nil {
		t.Fatal(err)
	}
	return dev, got
}

// sound says what is wrong with what a device gave.
func sound(got any) string {
	switch x := got.(type) {
	case drivers.IDCard:
		if !strings.Contains(x.Name, "样例") {
			return "the tape shows somebody who is not the sample person"
		}
	case drivers.Zone:
		if x.Number != "L898902C3" || x.Surname != "ERIKSSON" {
			return "the tape shows somebody who is not ICAO's specimen"
		}
	case drivers.Frame:
		if x.Width == 0 || len(x.JPEG) == 0 {
			return "no picture"
		}
	case drivers.Snapshot:
		if img, err := x.Image(); err != nil || img.Bounds().Dx() != x.Width {
			return "no picture of a stream"
		}
	case drivers.Barcode:
		if x.Text == "" || x.Symbology != "qr" || strings.ContainsAny(x.Text, "0123456789") && strings.Trim(x.Text, "X0") != "" {
			return "no code, or one that is not blanked"
		}
	case drivers.Ink:
		if len(x.Strokes) == 0 {
			return "no stroke"
		}
		for _, p := range x.Strokes[0] {
			if math.Abs(p.X/x.Width-0.5) > 0.01 || math.Abs(p.Y/x.Height-0.5) > 0.01 || math.Abs(p.Pressure-0.5) > 0.01 {
				return "the tape shows a hand"
			}
		}
	case map[string]bool:
		if len(x) == 0 {
			return "no lights"
		}
	case drivers.Status:
		if !x.Ready() {
			return "not ready"
		}
	default:
		return "nothing"
	}
	return ""
}

// With RECORD=1 the tapes are made anew from the emulators: RECORD=1 go test ./drivers/all -run RecordTapes. Any other word
// names the one profile to record.
func TestRecordTapes(t *testing.T) {
	only := os.Getenv("RECORD")
	if only == "" {
		t.Skip("records only with RECORD=1")
	}
	for _, p := range profiles(t) {
		if only != "1" && only != p.Profile || p.Tape == "" || p.Kind == drivers.KindPassport || p.Driver == "fingerprint/livescan" { // see record_passport_test.go, record_library_test.go
			continue
		}
		dots := 384
		if n, ok := p.Params["dots"].(uint64); ok {
			dots = int(n)
		}
		bus, onUSB := usb.NewBus(), map[string]struct{ reader, address string }{
			"hid-pad-12": {"", "hid:1209:0001?as=reports"},
			"hid-pos":    {barcode.POSReader, "hid:05e0:1300?as=reports"}, "hid-qr": {barcode.KeyboardReader, "keys:05e0:1200"},
		}[p.Profile]
		b := simtest.StartWith(t, []simtest.Option{simtest.Dots(dots), func(c *rig.Config) {
			_, c.Barcode.Triggered = p.Params["trigger_on"]
			c.Bus = bus
			c.LaserTCP, c.Laser.OneWay = "127.0.0.1:0", p.Params["answers"] == "no"
			c.Laser.Languages = map[string][]string{"pjl-a4-pdf": {"POSTSCRIPT", "PDF"}}[p.Profile]
			c.ScanUSB = onUSB.reader
		}}, rig.All...)
		b.PutCard("xie")
		if p.Kind == drivers.KindSignature {
			time.AfterFunc(time.Second, func() { b.Paper(simtest.Signature, "name") })
		}
		if onUSB.reader == "" {
			b.Paper(simtest.Barcode, "slip")
		} else { // has no trigger: the code is held up while the driver waits
			time.AfterFunc(time.Second, func() { b.Paper(simtest.Barcode, "slip") })
		}
		d, err := all.Lookup(p.Driver)
		if err != nil {
			t.Fatal(err)
		}
		address := map[drivers.Kind]string{drivers.KindIDCard: b.IDCard, drivers.KindReceipt: b.Receipt, drivers.KindScanner: b.Camera,
			drivers.KindLaser: b.Laser, drivers.KindBarcode: b.Barcode, drivers.KindFinger: b.Fingerprint,
			drivers.KindLight: b.Relay, drivers.KindDoor: b.Relay}[p.Kind]
		if d.Name == "laser/pjl" {
			address = "tcp:" + b.LaserTCP
		}
		if onUSB.address != "" {
			address = onUSB.address
		}
		cameras, node, err := video.Rig(p.Profile)
		if err != nil {
			t.Fatal(err)
		}
		if node != "" {
			address = node
		}
		if d.Kind == drivers.KindCCTV {
			watch := cctv.New("", "")
			if err := watch.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = watch.Close() }()
			address = watch.URL()
		}
		scanners, from := sane.Machine(), "emulator deploy/sim"
		if d.Name == "scanner/sane" {
			scanners, from, address = sanetest.Backend(t), "SANE's test backend", "sane:test:0"
		}
		port, err := hal.Sockets{USB: bus, HID: usb.HID{Bus: bus}, Keys: usb.Keys{Bus: bus}, Video: cameras, Sane: scanners}.Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		var redact drivers.Redactor
		if d.Redact != nil {
			redact = d.Redact()
		}
		rec, err := tape.Record(port, redact, map[string]string{"driver": p.Driver, "from": from})
		if err != nil {
			t.Fatal(err)
		}
		walk(t, d, rec, p)
		f, err := os.Create(filepath.Join(root, p.Tape))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := rec.Tape().WriteTo(f); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range all.Drivers() {
		if seen[d.Name] || !strings.HasPrefix(d.Name, string(d.Kind)+"/") || d.Open == nil {
			t.Errorf("driver %q of kind %s", d.Name, d.Kind)
		}
		seen[d.Name] = true
	}
	if _, err := all.Lookup("idcard/none"); err == nil || !strings.Contains(err.Error(), "idcard/sdt") {
		t.Errorf("unknown driver: %v", err)
	}
	if got := all.ForKind(drivers.KindReceipt); len(got) != 1 || got[0].Name != "receipt/escpos" {
		t.Errorf("printers: %v", got)
	}
}
