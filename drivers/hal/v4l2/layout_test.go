package v4l2

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers/hal/record"
	"tongban/drivers/hal/usb"
)

// The requests have the numbers of the kernel's header on 64-bit machines; a wrong size of a structure shows in them.
func TestRequestNumbers(t *testing.T) {
	for want, got := range map[uintptr]uintptr{
		0x80685600: reqQueryCap, 0xc0405602: reqEnumFormat, 0xc0d05605: reqSetFormat, 0xc0145608: reqBuffers, 0xc0585609: reqQueryBuffer, 0xc058560f: reqQueue,
		0xc0585611: reqDequeue, 0x40045612: reqStreamOn, 0x40045613: reqStreamOff, 0xc0cc5616: reqSetParm, 0xc008561b: reqGetControl, 0xc008561c: reqSetControl,
		0xc0445624: reqQueryControl, 0xc02c564a: reqFrameSizes, 0xc034564b: reqFrameRates,
	} {
		if got != want {
			t.Errorf("%#x, want %#x", got, want)
		}
	}
}

func TestSizesOfARange(t *testing.T) {
	got := sizes(span{16, 3840, 16}, span{16, 2160, 8})
	if diff := cmp.Diff([][2]int{{3840, 2160}, {1280, 960}, {1280, 720}, {640, 480}}, got); diff != "" {
		t.Error(diff)
	}
	if got := sizes(span{16, 1000, 16}, span{16, 700, 7}); !cmp.Equal(got, [][2]int{{1000, 700}}) {
		t.Error(got)
	}
}

func tree(t *testing.T) Tree {
	t.Helper()
	root := t.TempDir()
	write := func(path, content string) {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, path string) {
		if err := os.Symlink(filepath.Join(root, to), filepath.Join(root, path)); err != nil {
			t.Fatal(err)
		}
	}
	device := "devices/pci0000:00/usb1/1-2.3"
	write(device+"/idVendor", "046d")
	write(device+"/idProduct", "085e")
	write(device+"/serial", "A1")
	for node, at := range map[string]string{"video0": ":1.0", "video1": ":1.0", "video2": ":1.2", "video10": ""} {
		write("class/video4linux/"+node+"/name", "Camera")
		index := "0"
		if node == "video1" {
			index = "1"
		}
		write("class/video4linux/"+node+"/index", index)
		if at == "" {
			write("devices/platform/vivid.0/uevent", "")
			link("devices/platform/vivid.0", "class/video4linux/"+node+"/device")
			continue
		}
		write(device+"/1-2.3"+at+"/uevent", "")
		link(device+"/1-2.3"+at, "class/video4linux/"+node+"/device")
	}
	write("class/video4linux/radio0/name", "Radio")
	return Tree(root)
}

func TestTree(t *testing.T) {
	list, err := tree(t).List()
	if err != nil {
		t.Fatal(err)
	}
	want := []Info{
		{Node: "/dev/video10", Name: "Camera"},
		{Node: "/dev/video0", Name: "Camera", VID: 0x046d, PID: 0x085e, Serial: "A1", Path: "1-2.3"},
		{Node: "/dev/video1", Name: "Camera", VID: 0x046d, PID: 0x085e, Serial: "A1", Path: "1-2.3", Index: 1},
		{Node: "/dev/video2", Name: "Camera", VID: 0x046d, PID: 0x085e, Serial: "A1", Path: "1-2.3", Interface: 2},
	}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Error(diff)
	}
	nodes, err := find(list, usb.Wanted{VID: 0x046d, PID: 0x085e, Interface: -1})
	if err != nil || !cmp.Equal(nodes, []string{"/dev/video0", "/dev/video2"}) {
		t.Errorf("streams %v %v", nodes, err)
	}
	if _, err := find(list, usb.Wanted{VID: 0x046d, PID: 0x0001, Interface: -1}); err == nil {
		t.Error("a camera that is not there is found")
	}
	if _, err := find(append(list, Info{VID: 0x046d, PID: 0x085e, Path: "1-3"}), usb.Wanted{VID: 0x046d, PID: 0x085e, Interface: -1}); err == nil {
		t.Error("one of two like cameras is taken")
	}
}

func drawn(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(i * 7)
	}
	return img
}

func encoded(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPixels(t *testing.T) {
	full := encoded(t, drawn(64, 48))
	at := bytes.Index(full, []byte{0xFF, 0xC4})
	bare := append(append([]byte{}, full[:at]...), full[at+2+int(full[at+2])<<8+int(full[at+3]):]...)
	mode := Mode{Layout: MJPEG, Width: 64, Height: 48}
	for name, data := range map[string][]byte{"whole": full, "without tables": bare, "filled up": append(append([]byte{}, bare...), 0, 0, 0)} {
		got, err := Picture{Mode: mode, Data: data}.JPEG()
		if err != nil || !bytes.Equal(got, full) {
			t.Errorf("%s: %d bytes, want %d, %v", name, len(got), len(full), err)
		}
	}
	yuyv := bytes.Repeat([]byte{200, 100, 50, 150}, 32*48)
	img, err := Picture{Mode: Mode{Layout: YUYV, Width: 64, Height: 48}, Data: yuyv}.Image()
	if err != nil {
		t.Fatal(err)
	}
	if a, b := img.At(0, 0), img.At(1, 0); a != (color.YCbCr{Y: 200, Cb: 100, Cr: 150}) || b != (color.YCbCr{Y: 50, Cb: 100, Cr: 150}) {
		t.Errorf("points %v %v", a, b)
	}
	for name, p := range map[string]Picture{
		"half":         {Mode: mode, Data: full[:len(full)/2]},
		"no end":       {Mode: mode, Data: full[:len(full)-2]},
		"other size":   {Mode: mode, Data: encoded(t, drawn(32, 48))},
		"noise":        {Mode: mode, Data: yuyv},
		"empty":        {Mode: mode},
		"damaged":      {Mode: mode, Data: full, Damaged: true},
		"short":        {Mode: Mode{Layout: YUYV, Width: 64, Height: 48}, Data: yuyv[:100]},
		"odd":          {Mode: Mode{Layout: YUYV, Width: 63, Height: 48}, Data: make([]byte, 2*63*48)},
		"other layout": {Mode: Mode{Layout: "H264", Width: 64, Height: 48}, Data: full},
	} {
		if _, err := p.JPEG(); err == nil {
			t.Errorf("%s: passes for a picture", name)
		}
	}
}

func TestRedactor(t *testing.T) {
	a, err := encode(letterAnswer, 0, answer{Number: 1, Value: 7})
	if err != nil {
		t.Fatal(err)
	}
	full := encoded(t, drawn(640, 480))
	shot := encodePicture(0, 2, Picture{Mode: Mode{Layout: MJPEG, Width: 640, Height: 480}, Data: full})
	r := NewRedactor()
	got := append(r.FromDevice(a), append(r.FromDevice(shot[:100]), r.FromDevice(shot[100:])...)...)
	if len(got) != len(a)+len(shot) || !bytes.Equal(got[:len(a)], a) {
		t.Fatalf("%d bytes became %d", len(a)+len(shot), len(got))
	}
	var cut record.Cutter
	records, err := cut.Feed(got[len(a):])
	if err != nil || len(records) != 1 {
		t.Fatal(records, err)
	}
	_, p, err := decodePicture(records[0].Content)
	if err != nil {
		t.Fatal(err)
	}
	img, err := p.Image()
	if err != nil {
		t.Fatal(err)
	}
	if g, ok := img.(*image.Gray); !ok || !bytes.Equal(g.Pix, bytes.Repeat([]byte{0x80}, len(g.Pix))) {
		t.Error("the picture is not blanked")
	}
}

// FuzzPicture: whatever a camera sends is refused or is a picture of the size that its mode says.
func FuzzPicture(f *testing.F) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawn(16, 16), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(encodePicture(0, 1, Picture{Mode: Mode{Layout: MJPEG, Width: 16, Height: 16}, Data: b.Bytes()})[6:])
	f.Add(encodePicture(0, 1, Picture{Mode: Mode{Layout: YUYV, Width: 2, Height: 2}, Data: make([]byte, 8)})[6:])
	f.Add([]byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, in []byte) {
		_, p, err := decodePicture(bytes.Clone(in))
		if err != nil || p.Mode.Width > 512 || p.Mode.Height > 512 {
			return
		}
		img, err := p.Image()
		if err != nil {
			return
		}
		if s := img.Bounds(); s.Dx() != p.Mode.Width || s.Dy() != p.Mode.Height {
			t.Fatalf("%v of %+v", s, p.Mode)
		}
		r := &redactor{}
		if out := r.FromDevice(record.Record{Letter: letterPicture, Content: in}.Bytes()); len(out) != len(in)+6 {
			t.Fatalf("%d bytes became %d", len(in)+6, len(out))
		}
	})
}
