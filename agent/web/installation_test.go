package web_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tongban/agent/screen"
	"tongban/fleet/wire"
)

func (c *centre) installations() []wire.Installation {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.records)
}

// sight is a picture as a telephone takes it: w×h with a marked corner and words about where it was taken.
func sight(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), 120, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	const where = "GPS 31.46N 104.75E"
	out := slices.Concat(b.Bytes()[:2], []byte{0xff, 0xfe, 0, byte(2 + len(where))}, []byte(where), b.Bytes()[2:])
	if _, err := jpeg.Decode(bytes.NewReader(out)); err != nil {
		t.Fatal(err)
	}
	return out
}

func (b *bed) point(id string) screen.InstallPoint {
	b.t.Helper()
	for _, p := range b.state().Service.Installation.Points {
		if p.ID == id {
			return p
		}
	}
	b.t.Fatalf("no point %s", id)
	return screen.InstallPoint{}
}

func (b *bed) read(id string) screen.InstallPoint {
	b.t.Helper()
	b.do("install/read", screen.InstallRead{Point: id})
	b.until("read "+id, func() bool { return b.state().Service.Installation.Reading == "" })
	return b.point(id)
}

func num(v float64) *float64 { return &v }

// measures of a cabinet that fits.
var measures = map[string]float64{"cabinet-length": 640, "cabinet-height": 1980, "cabinet-width": 520, "power-voltage": 221}

// rest answers everything that is still open as right, or as not fitted.
func (b *bed) rest() {
	b.t.Helper()
	for _, p := range b.state().Service.Installation.Points {
		switch {
		case p.State != "":
		case !p.Fitted:
			b.do("install/answer", screen.InstallAnswer{Point: p.ID, State: "absent"})
		case p.Answer == "number":
			b.do("install/answer", screen.InstallAnswer{Point: p.ID, Value: num(measures[p.ID])})
		case p.Answer == "read":
			b.read(p.ID)
		default:
			if p.Photo && len(p.Photos) == 0 {
				b.do("install/photo", screen.InstallShot{Point: p.ID, Source: "file", JPEG: sight(b.t, 64, 48)})
			}
			if p.Answer == "confirm" {
				b.do("install/answer", screen.InstallAnswer{Point: p.ID, State: "ok"})
			}
		}
	}
}

// The check-list is done over two visits without a network and a restart between them; what is signed reaches the centre once,
// whole, and only the centre can open the pictures (HW-K13.1, HW-K5.6, HW-K12.1, HW-D5.1).
func TestInstallationOverARestartWithoutNetwork(t *testing.T) {
	b := newBed(t, bedOptions{offline: true, still: true})
	b.do("service/open", b.pass(21, 0))
	if l := b.state().Service.Installation; l == nil || l.Begun != "" || l.Open != len(l.Points) || len(l.Points) < 20 {
		t.Fatalf("the list: %+v", l)
	}

	// A number is judged by the tender's bound, a place by whoever stands there.
	b.do("install/answer", screen.InstallAnswer{Point: "cabinet-height", Value: num(2010)})
	if p := b.point("cabinet-height"); p.State != "failed" || p.Want != "≤ 2000 mm" || p.Value != "2010 mm" || p.Clause == "" {
		t.Errorf("too high: %+v", p)
	}
	b.do("install/answer", screen.InstallAnswer{Point: "cabinet-level", State: "ok"})

	// A cable counts only with its picture, and nothing but the picture is kept.
	if s := b.do("install/answer", screen.InstallAnswer{Point: "power-cable", State: "ok"}); s.Service.Installation.Open != len(s.Service.Installation.Points)-2 {
		t.Errorf("a cable without a picture counts: %+v", b.point("power-cable"))
	}
	b.do("install/photo", screen.InstallShot{Point: "power-cable", Source: "file", JPEG: sight(t, 3000, 2000)})
	p := b.point("power-cable")
	if p.State != "ok" || len(p.Photos) != 1 || !p.Photos[0].Shown {
		t.Fatalf("with its picture: %+v", p)
	}
	var shown []byte
	if err := b.ask(http.MethodGet, "/api/install/photo?digest="+p.Photos[0].Digest, nil, "", &shown); err != nil {
		t.Fatal(err)
	}
	if c, err := jpeg.DecodeConfig(bytes.NewReader(shown)); err != nil || c.Width != 2048 || bytes.Contains(shown, []byte("GPS")) {
		t.Errorf("kept as %+v, %v", c, err)
	}

	// Reads at the tender's distances; what was read is nowhere. A card that stays is read once, so it is lifted each time.
	for _, id := range []string{"read-idcard-0", "read-idcard-3", "read-idcard-5"} {
		b.sim.PutCard("zhou")
		p := b.read(id)
		b.sim.TakeCard()
		if p.State != "ok" || !strings.Contains(p.Value, "毫秒") {
			t.Errorf("%s: %+v", id, p)
		}
	}
	b.do("install/answer", screen.InstallAnswer{Point: "read-barcode-3", State: "absent"})

	// The terminal's own camera.
	b.do("install/photo", screen.InstallShot{Point: "shot-scanner", Source: "scanner"})
	if p := b.point("shot-scanner"); p.State != "ok" || p.Photos[0].Source != "高拍仪" {
		t.Errorf("by the document camera: %+v", p)
	}
	b.do("service/close", nil)
	b.stop()
	for _, name := range pictures(t, b) {
		if raw, err := os.ReadFile(name); err != nil || bytes.HasPrefix(raw, []byte("\xff\xd8")) {
			t.Errorf("%s lies in the clear: %v", name, err)
		}
	}

	again := newBed(t, bedOptions{offline: true, still: true, dir: b.dir, sim: b.sim, keys: b.options.keys})
	again.do("service/open", again.pass(22, 0))
	if p := again.point("power-cable"); p.State != "ok" || len(p.Photos) != 1 || p.Photos[0].Shown {
		t.Errorf("after a restart: %+v", p)
	}
	if c := again.code("install/sign", nil); c != "install.open" {
		t.Errorf("signed with open points: %s", c)
	}
	if c := again.code("install/print", nil); c != "install.not_signed" {
		t.Errorf("printed unsigned: %s", c)
	}
	again.rest()
	again.do("install/sign", nil)
	s := again.do("install/sign", nil).Service.Installation // pressed twice
	if s.Open != 0 || s.Failed != 1 || s.Signed == "" || s.Revision != 1 || !s.Waiting {
		t.Errorf("signed: %+v", s)
	}
	if !strings.Contains(strings.Join(s.Lines, "\n"), "不合格：机柜高 2010 mm（≤ 2000 mm）") {
		t.Errorf("on the slip: %v", s.Lines)
	}
	before := len(again.sim.Slips())
	again.do("install/print", nil)
	again.until("the slip", func() bool { return len(again.sim.Slips()) > before })
	if left := pictures(t, again); len(left) != 0 {
		t.Errorf("pictures beside the outbox: %v", left)
	}

	again.centre.network(true)
	again.until("the record at the centre", func() bool {
		return len(again.centre.installations()) == 1 && !again.state().Service.Installation.Waiting
	})
	rec := again.centre.installations()[0]
	if rec.Pass != 22 || rec.Revision != 1 || rec.Count(wire.PointFailed) != 1 || rec.Model != "kiosk-21" || len(rec.Devices) < 10 {
		t.Errorf("at the centre: pass %d revision %d failed %d, %d devices", rec.Pass, rec.Revision, rec.Count(wire.PointFailed), len(rec.Devices))
	}
	again.opens(rec, "power-cable", 2048)

	// The cabinet is exchanged: the next revision, and no picture travels twice.
	again.do("install/answer", screen.InstallAnswer{Point: "cabinet-height", Value: num(1990)})
	if s := again.state().Service.Installation; s.Signed != "" {
		t.Errorf("still signed after a change: %+v", s.Signed)
	}
	if c := again.code("install/restart", nil); c != "install.not_signed" {
		t.Errorf("thrown away unsigned: %s", c)
	}
	again.do("install/sign", nil)
	again.until("the next revision", func() bool { return len(again.centre.installations()) == 2 })
	next := again.centre.installations()[1]
	if next.Record != rec.Record || next.Revision != 2 || next.Count(wire.PointFailed) != 0 {
		t.Errorf("next: %d, %d failed", next.Revision, next.Count(wire.PointFailed))
	}
	again.opens(next, "power-cable", 2048)
	again.do("install/restart", nil)
	if l := again.state().Service.Installation; l.Open != len(l.Points) || l.Revision != 0 {
		t.Errorf("a new record: %+v", l.Summary)
	}
	whole, err := json.Marshal(again.centre.installations())
	if err != nil {
		t.Fatal(err)
	}
	for _, person := range []string{"样例", "510799", "周立明"} {
		if bytes.Contains(whole, []byte(person)) || strings.Contains(b.logs.String()+again.logs.String(), person) {
			t.Errorf("%s is in the record or the log", person)
		}
	}
}

// opens finds the picture of a point as the centre does.
func (b *bed) opens(rec wire.Installation, point string, width int) {
	b.t.Helper()
	for _, p := range rec.Points {
		if p.ID != point {
			continue
		}
		key, err := p.Photos[0].Key.Open(b.options.keys.centre, p.Photos[0].Digest)
		if err != nil {
			b.t.Fatal(err)
		}
		plain := b.centre.picture(b.t, wire.File{Digest: p.Photos[0].Digest, Key: key})
		if c, err := jpeg.DecodeConfig(bytes.NewReader(plain)); err != nil || c.Width != width {
			b.t.Errorf("at the centre: %+v, %v", c, err)
		}
		return
	}
	b.t.Fatalf("no point %s", point)
}

// pictures are the files that wait for a signature.
func pictures(t *testing.T, b *bed) []string {
	t.Helper()
	out, err := filepath.Glob(filepath.Join(b.dir, "installation", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What does not fit is refused with words, and only while a technician is here.
func TestInstallationRefuses(t *testing.T) {
	b := newBed(t, bedOptions{offline: true, still: true})
	if c := b.code("install/answer", screen.InstallAnswer{Point: "cabinet-level", State: "ok"}); c != "service.closed" {
		t.Errorf("from outside: %s", c)
	}
	b.do("service/open", b.pass(31, 0))
	var wide bytes.Buffer
	if err := png.Encode(&wide, image.NewGray(image.Rect(0, 0, 60_000, 1_100))); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		call string
		body any
		want string
	}{
		"a point that is not there":    {"install/answer", screen.InstallAnswer{Point: "x-y", State: "ok"}, "install.no_point"},
		"a number without one":         {"install/answer", screen.InstallAnswer{Point: "cabinet-length", State: "ok"}, "install.number"},
		"a number below nothing":       {"install/answer", screen.InstallAnswer{Point: "cabinet-length", Value: num(-1)}, "install.number"},
		"a picture by saying so":       {"install/answer", screen.InstallAnswer{Point: "cabinet-front", State: "ok"}, "install.answer"},
		"a read by saying so":          {"install/answer", screen.InstallAnswer{Point: "read-idcard-5", State: "ok"}, "install.answer"},
		"a device away that is here":   {"install/answer", screen.InstallAnswer{Point: "place-idcard", State: "absent"}, "install.fitted"},
		"a point without a device":     {"install/answer", screen.InstallAnswer{Point: "cabinet-level", State: "absent"}, "install.fitted"},
		"a camera that is not there":   {"install/photo", screen.InstallShot{Point: "shot-cctv", Source: "cctv"}, "install.no_camera"},
		"a printer as camera":          {"install/photo", screen.InstallShot{Point: "shot-cctv", Source: "receipt"}, "install.no_camera"},
		"a text as picture":            {"install/photo", screen.InstallShot{Point: "cabinet-front", Source: "file", JPEG: []byte("no picture")}, "install.picture"},
		"a picture that fills memory":  {"install/photo", screen.InstallShot{Point: "cabinet-front", Source: "file", JPEG: wide.Bytes()}, "install.picture"},
		"a read of what is not there":  {"install/read", screen.InstallRead{Point: "read-barcode-3"}, "install.answer"},
		"a read of what is not a read": {"install/read", screen.InstallRead{Point: "cabinet-level"}, "install.answer"},
	} {
		if got := b.code(c.call, c.body); got != c.want {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
	for range 3 {
		b.do("install/photo", screen.InstallShot{Point: "cabinet-front", Source: "file", JPEG: sight(t, 40, 30)})
	}
	if c := b.code("install/photo", screen.InstallShot{Point: "cabinet-front", Source: "file", JPEG: sight(t, 40, 30)}); c != "install.pictures" {
		t.Errorf("a fourth picture: %s", c)
	}
	first := b.point("cabinet-front").Photos[0].Digest
	b.do("install/drop", screen.InstallDrop{Digest: first})
	if p := b.point("cabinet-front"); len(p.Photos) != 2 || len(pictures(t, b)) != 2 {
		t.Errorf("dropped: %+v, %v", p.Photos, pictures(t, b))
	}
	b.do("install/read", screen.InstallRead{Point: "read-idcard-3"}) // nobody puts a card
	if c := b.code("install/answer", screen.InstallAnswer{Point: "read-idcard-3", State: "failed"}); c != "install.reading" {
		t.Errorf("answered amid a read: %s", c)
	}
	b.do("install/stop", nil)
	b.until("the read ends", func() bool { return b.state().Service.Installation.Reading == "" })
	if p := b.point("read-idcard-3"); p.State != "" || b.state().Service.Installation.Said == "" {
		t.Errorf("after nobody came: %+v", p)
	}
	b.do("install/answer", screen.InstallAnswer{Point: "read-idcard-3", State: "failed"})
	b.do("install/answer", screen.InstallAnswer{Point: "read-idcard-3"})
	if p := b.point("read-idcard-3"); p.State != "" {
		t.Errorf("taken back: %+v", p)
	}
	digest := b.point("cabinet-front").Photos[0].Digest
	b.do("service/close", nil)
	if err := b.ask(http.MethodGet, "/api/install/photo?digest="+digest, nil, "", new([]byte)); err == nil {
		t.Error("a citizen can look at the pictures")
	}
}
