package onvif

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"tongban/drivers"
)

// The worked example of ONVIF's programmer's guide.
func TestTokenSum(t *testing.T) {
	nonce, err := base64.StdEncoding.DecodeString("LKqI6G/AikKCQrN0zqZFlg==")
	if err != nil {
		t.Fatal(err)
	}
	if got := tokenSum(nonce, "2010-09-16T07:50:45Z", "userpassword"); got != "tuOSpGlFlIXsozq4HFNeeGeFLEI=" {
		t.Errorf("sum %s", got)
	}
}

func TestDecode(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := decode(drivers.Params{"stream": "/mjpeg", "user": "a", "password_file": file, "masks": []any{[]any{0, 0.5, uint64(1), 1.0}}})
	if err != nil || c.who.Password != "secret" || len(c.masks) != 1 || c.masks[0] != (mask{0, 0.5, 1, 1}) {
		t.Errorf("%+v %v", c, err)
	}
	for name, p := range map[string]drivers.Params{
		"unknown":            {"password": "x"},
		"user only":          {"user": "a"},
		"file only":          {"password_file": file},
		"no such file":       {"user": "a", "password_file": file + "x"},
		"no path":            {"stream": "mjpeg"},
		"no list":            {"masks": "all"},
		"three sides":        {"masks": []any{[]any{0, 0, 1}}},
		"outside":            {"masks": []any{[]any{0, 0, 1, 1.1}}},
		"words":              {"masks": []any{[]any{"0", 0, 1, 1}}},
		"right before left":  {"masks": []any{[]any{0.5, 0, 0.4, 1}}},
		"hides nothing":      {"masks": []any{[]any{0, 0.5, 1, 0.5}}},
		"more than there is": {"masks": make([]any, maxMasks+1)},
	} {
		if _, err := decode(p); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func white(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A mask goes to the outer side: a point that is hidden in part is hidden.
func TestMasked(t *testing.T) {
	c := config{masks: []mask{{0.501, 0, 1, 0.499}, {0, 0.9, 0.1, 1}}}
	f, err := c.masked(white(t, 160, 160))
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(f.JPEG))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct{ x, y, most, least int }{{100, 40, 12, 0}, {80, 0, 12, 0}, {159, 79, 12, 0}, {5, 150, 12, 0}, {40, 40, 255, 240}, {100, 120, 255, 240}} {
		g, _ := color.GrayModel.Convert(img.At(p.x, p.y)).(color.Gray)
		if int(g.Y) > p.most || int(g.Y) < p.least {
			t.Errorf("%d,%d is %d", p.x, p.y, g.Y)
		}
	}
	for name, b := range map[string][]byte{"half": white(t, 160, 160)[:200], "nothing": nil, "tiny": white(t, 8, 8)} {
		if _, err := c.masked(b); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonNoImage {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOwnPath(t *testing.T) {
	for in, want := range map[string]string{
		"http://10.0.0.1/snap/1.jpg?channel=1&q=a%20b": "/snap/1.jpg?channel=1&q=a%20b", "https://x:8/a": "/a", "/only/path": "/only/path",
		"": "", "http://10.0.0.1": "", "http://[": "",
	} {
		got, err := ownPath(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
}

// FuzzParse: an answer is refused or read, and what is read of it leads nowhere but to the camera.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><GetSnapshotUriResponse><MediaUri><Uri>http://a/b?c</Uri></MediaUri></GetSnapshotUriResponse></s:Body></s:Envelope>`))
	f.Add([]byte(`<Envelope><Body><Fault><Reason><Text>no</Text></Reason></Fault></Body></Envelope>`))
	f.Add([]byte(`<Envelope><Body><GetSystemDateAndTimeResponse><SystemDateAndTime><UTCDateTime><Time><Hour>23</Hour><Minute>59</Minute><Second>60</Second></Time><Date><Year>2026</Year><Month>11</Month><Day>28</Day></Date></UTCDateTime></SystemDateAndTime></GetSystemDateAndTimeResponse></Body></Envelope>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := parse(b)
		if err != nil {
			return
		}
		if a.UTC != nil {
			if at, err := a.UTC.when(); err == nil && (at.Year() < 1970 || at.Year() > 9999) {
				t.Fatalf("%v", at)
			}
		}
		if p, err := ownPath(a.Snapshot); err == nil && p[0] != '/' && p[0] != '?' {
			t.Fatalf("%q", p)
		}
	})
}

func TestClockIsReadStrictly(t *testing.T) {
	for _, c := range []struct {
		u    utc
		want string
	}{
		{utc{Hour: 8, Minute: 30, Second: 5, Year: 2026, Month: 11, Day: 28}, "2026-11-28T08:30:05Z"},
		{utc{Hour: 23, Minute: 59, Second: 60, Year: 2026, Month: 12, Day: 31}, "2026-12-31T23:59:59Z"},
		{utc{Year: 2026, Month: 2, Day: 30}, ""}, {utc{Hour: 24, Year: 2026, Month: 2, Day: 3}, ""}, {utc{Second: 61, Year: 2026, Month: 2, Day: 3}, ""}, {utc{}, ""},
	} {
		at, err := c.u.when()
		if got := at.Format("2006-01-02T15:04:05Z07:00"); c.want == "" && err == nil || c.want != "" && (err != nil || got != c.want) {
			t.Errorf("%+v: %s %v, want %q", c.u, got, err, c.want)
		}
	}
}
