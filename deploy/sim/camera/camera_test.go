package camera_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"tongban/deploy/sim/simtest"
)

const order = `<?xml version="1.0" encoding="UTF-8"?>
<scan:ScanSettings xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm">
<pwg:Version>2.63</pwg:Version>
<pwg:ScanRegions><pwg:ScanRegion><pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>
<pwg:Width>2957</pwg:Width><pwg:Height>3936</pwg:Height><pwg:XOffset>0</pwg:XOffset><pwg:YOffset>0</pwg:YOffset></pwg:ScanRegion></pwg:ScanRegions>
<pwg:InputSource>Platen</pwg:InputSource><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>
<scan:XResolution>%d</scan:XResolution><scan:YResolution>%d</scan:YResolution><scan:ColorMode>RGB24</scan:ColorMode>
</scan:ScanSettings>`

func post(t *testing.T, b *simtest.Bench, body string) *http.Response {
	t.Helper()
	res, err := http.Post(b.Camera+"/ScanJobs", "text/xml", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res
}

func shoot(t *testing.T, b *simtest.Bench, dpi int) image.Image {
	t.Helper()
	res := post(t, b, fmt.Sprintf(order, dpi, dpi))
	if res.StatusCode != http.StatusCreated {
		t.Fatalf("job: %s", res.Status)
	}
	pic, err := http.Get(res.Header.Get("Location") + "/NextDocument")
	if err != nil {
		t.Fatal(err)
	}
	defer pic.Body.Close()
	raw, err := io.ReadAll(pic.Body)
	if err != nil || pic.StatusCode != http.StatusOK {
		t.Fatalf("document: %s %v", pic.Status, err)
	}
	if d := os.Getenv("TONGBAN_SIM_LOOK"); d != "" {
		_ = os.WriteFile(fmt.Sprintf("%s/%s-%d.jpg", d, strings.ReplaceAll(t.Name(), "/", "-"), dpi), raw, 0o644)
	}
	img, err := jpeg.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if over, _ := http.Get(res.Header.Get("Location") + "/NextDocument"); over == nil || over.StatusCode != http.StatusNotFound {
		t.Errorf("second document: %v", over)
	}
	return img
}

// brightness is the mean grey of the middle and of the upper left corner.
func brightness(img image.Image) (middle, corner float64) {
	mean := func(r image.Rectangle) float64 {
		var sum, n float64
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				a, b, c, _ := img.At(x, y).RGBA()
				sum, n = sum+float64(a+b+c)/3/257, n+1
			}
		}
		return sum / n
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	return mean(image.Rect(w/4, h/4, w*3/4, h*3/4)), mean(image.Rect(0, 0, w/40, h/40))
}

func TestJobFlow(t *testing.T) {
	b := simtest.Start(t, simtest.Camera)
	for _, c := range []string{"hukou", "application", "lease", "income", "property"} {
		t.Run(c, func(t *testing.T) {
			b.Paper(simtest.Camera, c)
			img := shoot(t, b, 75)
			if m, k := brightness(img); m < 180 || k > 80 {
				t.Errorf("middle %.0f, corner %.0f", m, k)
			}
			if img.Bounds().Dx() != 739 || img.Bounds().Dy() != 984 {
				t.Errorf("size %v", img.Bounds())
			}
		})
	}
}

func TestEightMegapixels(t *testing.T) {
	b := simtest.Start(t, simtest.Camera)
	b.Paper(simtest.Camera, "lease")
	if got := shoot(t, b, 250).Bounds(); got.Dx() != 2464 || got.Dy() != 3280 {
		t.Errorf("size %v", got)
	}
}

// A page at low resolution, as a preview takes it, is far quicker than a whole one on the same machine at the same time.
func TestLowResolutionIsQuick(t *testing.T) {
	b := simtest.Start(t, simtest.Camera)
	b.Paper(simtest.Camera, "income")
	best := func(dpi int) time.Duration {
		shoot(t, b, dpi)
		least := time.Hour
		for range 4 {
			start := time.Now()
			shoot(t, b, dpi)
			least = min(least, time.Since(start))
		}
		return least
	}
	if low, high := best(75), best(250); low > high/2 {
		t.Errorf("%v at 75 dpi, %v at 250", low, high)
	}
}

func TestPictureFaults(t *testing.T) {
	b := simtest.Start(t, simtest.Camera)
	b.Paper(simtest.Camera, "income")
	cases := []struct {
		fault    string
		min, max float64
	}{{"empty", 0, 80}, {"dark", 0, 80}, {"bright", 245, 255}, {"blank", 200, 250}, {"blurred", 180, 250}, {"cutoff", 100, 250}}
	for _, c := range cases {
		t.Run(c.fault, func(t *testing.T) {
			b.Once(simtest.Camera, c.fault, 0)
			if m, _ := brightness(shoot(t, b, 75)); m < c.min || m > c.max {
				t.Errorf("middle %.0f, want %.0f..%.0f", m, c.min, c.max)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	b := simtest.Start(t, simtest.Camera)
	good := fmt.Sprintf(order, 75, 75)
	cases := map[string]struct {
		body string
		want int
	}{
		"not xml":       {"hello", 400},
		"half":          {good[:200], 400},
		"namespace":     {strings.Replace(good, "escl/2011", "escl/2099", 1), 400},
		"no version":    {strings.Replace(good, "2.63", "", 1), 400},
		"resolution":    {fmt.Sprintf(order, 77, 77), 409},
		"colour":        {strings.Replace(good, "RGB24", "Sepia", 1), 409},
		"too wide":      {strings.Replace(good, ">2957<", ">2958<", 1), 409},
		"other format":  {strings.Replace(good, "image/jpeg", "image/tiff", 1), 409},
		"units":         {strings.Replace(good, "ThreeHundredths", "Thousandths", 1), 409},
		"more behind":   {good + good, 400},
		"the good one":  {good, 201},
		"busy after it": {good, 503},
	}
	for _, name := range []string{"not xml", "half", "namespace", "no version", "resolution", "colour", "too wide", "other format", "units", "more behind", "the good one", "busy after it"} {
		if got := post(t, b, cases[name].body).StatusCode; got != cases[name].want {
			t.Errorf("%s: %d, want %d", name, got, cases[name].want)
		}
	}
}

func TestDeleteFreesTheCamera(t *testing.T) {
	b := simtest.Start(t, simtest.Camera)
	res := post(t, b, fmt.Sprintf(order, 75, 75))
	req, _ := http.NewRequest(http.MethodDelete, res.Header.Get("Location"), nil)
	if del, err := http.DefaultClient.Do(req); err != nil || del.StatusCode != 200 {
		t.Fatalf("delete: %v %v", del, err)
	}
	if got := post(t, b, fmt.Sprintf(order, 75, 75)).StatusCode; got != 201 {
		t.Errorf("after delete: %d", got)
	}
}

func TestJobFaults(t *testing.T) {
	b := simtest.Start(t, simtest.Camera)
	b.Once(simtest.Camera, "busy", 0)
	if got := post(t, b, fmt.Sprintf(order, 75, 75)).StatusCode; got != 503 {
		t.Errorf("busy: %d", got)
	}
	b.Once(simtest.Camera, "fail", 0)
	res := post(t, b, fmt.Sprintf(order, 75, 75))
	if pic, err := http.Get(res.Header.Get("Location") + "/NextDocument"); err != nil || pic.StatusCode != 500 {
		t.Errorf("fail: %v %v", pic, err)
	}
	b.Once(simtest.Camera, "half", 0)
	res = post(t, b, fmt.Sprintf(order, 75, 75))
	pic, err := http.Get(res.Header.Get("Location") + "/NextDocument")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(pic.Body); err == nil {
		t.Error("half a picture came without an error")
	}
	b.Press(simtest.Camera, "cut", 0)
	if _, err := http.Get(b.Camera + "/ScannerStatus"); err == nil {
		t.Error("answers without a cable")
	}
	b.Clear()
	if got, err := http.Get(b.Camera + "/ScannerStatus"); err != nil || got.StatusCode != 200 {
		t.Errorf("after re-plug: %v %v", got, err)
	}
}
