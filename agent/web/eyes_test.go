package web_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/agent/screen"
	"tongban/deploy/sim/cctv"
	"tongban/deploy/sim/control"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
)

// watched is a bed with the cameras that look at people.
func watched(t *testing.T, o bedOptions) *bed {
	t.Helper()
	if o.sim == nil {
		o.sim = simtest.Start(t, simtest.IDCard, simtest.Receipt, simtest.Camera, simtest.Face, simtest.CCTV)
	}
	b := newBed(t, o)
	for _, k := range []drivers.Kind{drivers.KindCamera, drivers.KindCCTV} {
		b.until(string(k)+" ready", func() bool { return b.rack.Status(k).Ready() })
	}
	return b
}

func (b *bed) seen(p screen.ServicePicture) (image.Image, []byte, error) {
	var raw []byte
	if err := b.ask(http.MethodGet, "/api/service/picture?id="+url.QueryEscape(p.ID), nil, "", &raw); err != nil {
		return nil, nil, err
	}
	img, err := jpeg.Decode(bytes.NewReader(raw))
	return img, raw, err
}

func timing(d screen.ServiceDevice, label string) screen.ServiceTiming {
	for _, x := range d.Timings {
		if x.Label == label {
			return x
		}
	}
	return screen.ServiceTiming{}
}

// Whoever tests sees what both cameras see, with what was measured beside the tender's numbers and the site's mask in black. The pictures are
// in no file, no log and no result, and gone when he leaves.
func TestWhatCamerasSeeIsShownAndForgotten(t *testing.T) {
	b := watched(t, bedOptions{still: true})
	b.do("service/open", b.pass(51, 0))
	b.do("service/trace", screen.TraceDevice{Kind: "camera"}) // whoever listens to the line hears no picture either
	b.do("service/test", screen.TestDevice{Kind: "camera"})
	if ask := b.state().Service.Ask; !strings.Contains(ask, "屏幕上方正中") {
		t.Errorf("asked for: %q", ask)
	}
	face := b.tested("camera")
	if face.State != "ok" || len(face.Pictures) != 2 || len(face.Controls) != 4 {
		t.Fatalf("face camera: %+v", face)
	}
	for label, want := range map[string]string{"横向像素": "≥ 1280 px", "红外纵向像素": "≥ 960 px", "帧率": "≥ 30 fps", "红外帧率": "≥ 30 fps"} {
		if x := timing(face, label); x.Want != want || !x.OK {
			t.Errorf("%s: %+v", label, x)
		}
	}
	b.do("service/untrace", nil)
	b.do("service/test", screen.TestDevice{Kind: "cctv"})
	watch := b.tested("cctv")
	if watch.State != "ok" || len(watch.Pictures) != 1 || !strings.Contains(watch.Said, "盖住 1 处") {
		t.Fatalf("surveillance: %+v", watch)
	}
	for label, want := range map[string]string{"抓拍像素": "≥ 5000000 px", "视频像素": "≥ 1000000 px", "横向像素": "≥ 1920 px"} {
		if x := timing(watch, label); x.Want != want || !x.OK {
			t.Errorf("%s: %+v", label, x)
		}
	}
	if x := timing(watch, "和本机的时间差"); !x.OK || x.Want == "" {
		t.Errorf("its clock: %+v", x)
	}
	var pieces [][]byte
	pictures := append(append([]screen.ServicePicture{}, face.Pictures...), watch.Pictures...)
	for _, p := range pictures {
		img, raw, err := b.seen(p)
		if err != nil || p.Label == "" || len(raw) < 2000 {
			t.Fatalf("%+v: %d bytes, %v", p, len(raw), err)
		}
		pieces = append(pieces, raw[len(raw)/2:len(raw)/2+24])
		if p == watch.Pictures[0] {
			m, w, h := cctv.Screen, float64(img.Bounds().Dx()), float64(img.Bounds().Dy())
			if red, _, _, _ := img.At(int(w*(m[0]+m[2])/2), int(h*(m[1]+m[3])/2)).RGBA(); red>>8 > 24 {
				t.Error("what the citizen types can be read")
			}
			if red, _, _, _ := img.At(int(w/10), int(h/10)).RGBA(); red>>8 < 100 {
				t.Error("all of it is black")
			}
		}
	}
	var tape []byte
	if err := b.ask(http.MethodGet, "/api/service/trace", nil, "", &tape); err != nil || len(tape) == 0 {
		t.Errorf("the line: %d bytes, %v", len(tape), err)
	}
	s := b.do("service/finish", nil)
	if text := strings.Join(s.Service.Result.Lines, "\n"); strings.Contains(text, "画面") && face.State == "ok" {
		t.Errorf("printed: %s", text)
	}
	b.until("the result at the centre", func() bool { return len(b.centre.diagnoses()) == 1 })
	b.do("service/close", nil)
	for _, p := range pictures {
		if _, _, err := b.seen(p); err == nil {
			t.Errorf("%s is still there", p.Label)
		} else if r, ok := errors.AsType[*refused](err); !ok || r.Code != "service.no_picture" || r.Message == "" {
			t.Errorf("%s: %v", p.Label, err)
		}
	}
	files := map[string][]byte{"the log": []byte(b.logs.String())}
	err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[path], err = os.ReadFile(path)
		return err
	})
	if err != nil || len(files) < 3 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for name, text := range files {
		for i, piece := range pieces {
			if bytes.Contains(text, piece) {
				t.Errorf("%s holds the picture %q", name, pictures[i].Label)
			}
		}
	}
}

// What is wrong with a camera is said in plain words with what to do, and what still works is shown beside it.
func TestWhatIsWrongWithACamera(t *testing.T) {
	b := watched(t, bedOptions{still: true, offline: true})
	b.do("service/open", b.pass(52, 0))
	for _, c := range []struct {
		kind, sim, fault, at string
		word, said           string
		pictures             int
	}{
		{"camera", simtest.Face, "black", "infrared", "画面不对", "全黑", 1},
		{"camera", simtest.Face, "silent", "", "没有应答", "没有应答", 0},
		{"cctv", simtest.CCTV, "clock", "", "时间不准", "", 1},
		{"cctv", simtest.CCTV, "half", "", "画面不对", "没有给出画面", 0},
		{"cctv", simtest.CCTV, "stall", "", "没有应答", "没有应答", 1},
	} {
		t.Run(c.kind+" "+c.fault, func(t *testing.T) {
			b.until(c.kind, func() bool { return b.rack.Status(drivers.Kind(c.kind)).Ready() })
			if err := b.sim.Control.Fault(t.Context(), control.FaultOrder{Device: c.sim, Fault: c.fault, At: c.at}); err != nil {
				t.Fatal(err)
			}
			b.do("service/test", screen.TestDevice{Kind: c.kind})
			d := b.tested(drivers.Kind(c.kind))
			if d.Word != c.word || d.State != "fault" || !strings.Contains(d.Said, c.said) || len(d.Steps) == 0 || len(d.Pictures) != c.pictures {
				t.Errorf("%+v", d)
			}
			b.sim.Release(c.sim, c.fault)
		})
	}
	b.sim.Press(simtest.CCTV, "denied", 0)
	b.until("a wrong password", func() bool { return b.device("cctv").Word == "密码不对" })
	if err := b.sim.Control.Fault(t.Context(), control.FaultOrder{Device: simtest.Face, Fault: "cut", At: "visible"}); err != nil {
		t.Fatal(err)
	}
	b.until("one eye", func() bool { return b.device("camera").Word == "少一路画面" })
}

func (b *bed) setting(name string) float64 {
	b.t.Helper()
	s, err := b.sim.Control.State(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	for _, d := range s.Devices {
		if detail, ok := d.Detail.(map[string]any); ok && d.Kind == simtest.Face {
			v, _ := detail["settings"].(map[string]any)[name].(float64)
			return v
		}
	}
	b.t.Fatal("no camera")
	return 0
}

func controlOf(d screen.ServiceDevice, stream, name string) screen.ServiceControl {
	for _, c := range d.Controls {
		if c.Stream == stream && c.Name == name {
			return c
		}
	}
	return screen.ServiceControl{}
}

// mean is how bright a picture is, from 0 to 255.
func (b *bed) mean(p screen.ServicePicture) int {
	b.t.Helper()
	img, _, err := b.seen(p)
	if err != nil {
		b.t.Fatal(err)
	}
	sum := 0
	for y := range 20 {
		for x := range 20 {
			g, _ := color.GrayModel.Convert(img.At(x*img.Bounds().Dx()/20, y*img.Bounds().Dy()/20)).(color.Gray)
			sum += int(g.Y)
		}
	}
	return sum / 400
}

// The light of the place is set once, seen at once, and holds over restarts; left to itself again, the camera does it as before.
func TestCameraSettingsAreKept(t *testing.T) {
	b := watched(t, bedOptions{offline: true, still: true})
	set := func(stream, name string, v int) screen.SetControl {
		return screen.SetControl{Stream: stream, Name: name, Value: v}
	}
	if c := b.code("service/control", set("visible", "brightness", 20)); c != "service.closed" {
		t.Errorf("from outside: %s", c)
	}
	b.do("service/open", b.pass(53, 0))
	if c := b.code("service/control", set("visible", "brightness", 20)); c != "service.value" {
		t.Errorf("before anybody has looked: %s", c)
	}
	b.do("service/test", screen.TestDevice{Kind: "camera"})
	before := b.tested("camera")
	was := b.mean(before.Pictures[0])
	if c := controlOf(before, "visible", "exposure"); !c.Auto || c.Label != "可见光曝光" || c.Step < 1 {
		t.Errorf("left to itself: %+v", c)
	}
	for _, in := range []screen.SetControl{set("visible", "brightness", 65), set("visible", "zoom", 1), set("depth", "brightness", 1), set("visible", "contrast", 20)} {
		if c := b.code("service/control", in); c != "service.value" {
			t.Errorf("%+v: %s", in, c)
		}
	}
	b.do("service/control", set("visible", "brightness", 20))
	b.do("service/control", set("infrared", "exposure", 300))
	after := b.device("camera")
	if c := controlOf(after, "visible", "brightness"); c.Value != 20 || b.setting("visible.brightness") != 20 {
		t.Errorf("brightness: %+v, %v at the camera", c, b.setting("visible.brightness"))
	}
	if c := controlOf(after, "infrared", "exposure"); c.Value != 300 || c.Auto || !controlOf(after, "visible", "exposure").Auto {
		t.Errorf("exposure of one eye: %+v", c)
	}
	if len(after.Pictures) != 2 || after.Pictures[0].ID == before.Pictures[0].ID {
		t.Errorf("no new pictures: %+v", after.Pictures)
	}
	if now := b.mean(after.Pictures[0]); now < was+15 {
		t.Errorf("the face is no brighter in the picture: %d, was %d", now, was)
	}
	b.stop()

	// Another camera's plug, a restart of both: what was kept is set when it is opened.
	b.sim.Press(simtest.Face, "cut", 0)
	b.sim.Release(simtest.Face, "cut")
	sim := b.sim
	again := watched(t, bedOptions{offline: true, still: true, dir: b.dir, keys: b.options.keys, sim: sim})
	again.until("the settings are there", func() bool {
		return again.setting("visible.brightness") == 20 && again.setting("infrared.exposure") == 300 && again.setting("infrared.exposure_auto") == 1
	})
	again.do("service/open", again.pass(54, 0))
	again.do("service/test", screen.TestDevice{Kind: "camera"})
	again.tested("camera")
	again.do("service/automatic", nil)
	if d := again.device("camera"); controlOf(d, "visible", "brightness").Value != 0 || !controlOf(d, "infrared", "exposure").Auto {
		t.Errorf("left to itself again: %+v", d.Controls)
	}
	again.stop()
	third := watched(t, bedOptions{offline: true, still: true, dir: b.dir, keys: b.options.keys, sim: sim})
	time.Sleep(300 * time.Millisecond)
	if third.setting("visible.brightness") != 0 || third.setting("infrared.exposure_auto") == 1 {
		t.Error("what was given up came back")
	}
}

// A camera that is not there takes nothing from a citizen whose matter does not need it.
func TestMissingCamerasStopNobody(t *testing.T) {
	b := newBed(t, bedOptions{still: true, addresses: map[string]string{"camera": "tcp:127.0.0.1:1", "cctv": "http://127.0.0.1:1/onvif/device_service"}})
	b.until("both are known to be away", func() bool {
		return b.rack.Status(drivers.KindCamera).State == drivers.StateNoDevice && b.rack.Status(drivers.KindCCTV).State == drivers.StateNoDevice
	})
	for _, a := range b.state().Abilities {
		if a.State == "down" {
			t.Errorf("an ability is gone: %+v", a)
		}
	}
	b.identify("zhou")
	var rows screen.Items
	if err := b.ask(http.MethodGet, "/api/items?frequent=1", nil, "", &rows); err != nil || len(rows.Rows) != 1 || rows.Rows[0].Here != "full" {
		t.Errorf("items: %+v, %v", rows, err)
	}
	b.fill("self")
	b.do("matter/submit", nil)
	b.until("arrival", func() bool { return len(b.centre.submissions()) == 1 })
}

// The pictures of the check-list that the tender and the place of the cameras are proved with are taken by the cameras themselves.
func TestCamerasTakeTheirOwnPictures(t *testing.T) {
	b := watched(t, bedOptions{offline: true, still: true})
	b.do("service/open", b.pass(55, 0))
	for point, source := range map[string]string{"shot-cctv": "cctv", "shot-camera": "camera"} {
		b.do("install/photo", screen.InstallShot{Point: point, Source: source})
		p := b.point(point)
		if p.State != "ok" || len(p.Photos) != 1 || !p.Photos[0].Shown {
			t.Fatalf("%s: %+v", point, p)
		}
		var raw []byte
		if err := b.ask(http.MethodGet, "/api/install/photo?digest="+p.Photos[0].Digest, nil, "", &raw); err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(bytes.NewReader(raw))
		if err != nil || img.Bounds().Dx() < 1280 {
			t.Fatalf("%s: %v", point, err)
		}
		if source == "cctv" {
			m, w, h := cctv.Screen, float64(img.Bounds().Dx()), float64(img.Bounds().Dy())
			if red, _, _, _ := img.At(int(w*(m[0]+m[2])/2), int(h*(m[1]+m[3])/2)).RGBA(); red>>8 > 24 {
				t.Error("the mask is not on the record")
			}
		}
	}
}
