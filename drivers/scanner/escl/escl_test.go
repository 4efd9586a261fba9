package escl

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/drivers"
)

const head = `<?xml version="1.0"?><scan:ScannerCapabilities xmlns:scan="` + scanNS + `" xmlns:pwg="` + pwgNS + `"><pwg:Version>2.9</pwg:Version><pwg:MakeAndModel>M</pwg:MakeAndModel>`

func field(name, w, h, formats, res string) string {
	return `<scan:` + name + `><scan:` + name + `InputCaps><scan:MaxWidth>` + w + `</scan:MaxWidth><scan:MaxHeight>` + h + `</scan:MaxHeight><scan:SettingProfiles><scan:SettingProfile>` +
		`<scan:ColorModes><scan:ColorMode>Grayscale8</scan:ColorMode></scan:ColorModes><scan:DocumentFormats>` + formats + `</scan:DocumentFormats><scan:SupportedResolutions>` + res +
		`</scan:SupportedResolutions></scan:SettingProfile></scan:SettingProfiles></scan:` + name + `InputCaps></scan:` + name + `>`
}

const (
	jpegFormat = `<pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>`
	pdfFormat  = `<pwg:DocumentFormat>application/pdf</pwg:DocumentFormat>`
	tail       = `</scan:ScannerCapabilities>`
	ranges     = `<scan:ResolutionRange><scan:XResolutionRange><scan:Min>50</scan:Min><scan:Max>300</scan:Max><scan:Step>10</scan:Step></scan:XResolutionRange></scan:ResolutionRange>`
)

func discrete(res ...string) string {
	out := "<scan:DiscreteResolutions>"
	for _, r := range res {
		out += "<scan:DiscreteResolution><scan:XResolution>" + r + "</scan:XResolution><scan:YResolution>" + r + "</scan:YResolution></scan:DiscreteResolution>"
	}
	return out + "</scan:DiscreteResolutions>"
}

func TestChoose(t *testing.T) {
	cases := map[string]struct {
		body, want string
		source     source
		fails      bool
	}{
		"discrete":            {body: field("Platen", "2550", "3508", jpegFormat, discrete("300", "75", "100", "600")), source: source{"Platen", 2550, 3508, "Grayscale8", 100, 600}},
		"range":               {body: field("Platen", "2550", "3508", jpegFormat, ranges), source: source{"Platen", 2550, 3508, "Grayscale8", 100, 300}},
		"camera first":        {body: field("Platen", "2550", "3508", jpegFormat, discrete("75")) + field("Camera", "3000", "4000", jpegFormat, discrete("75")), source: source{"Camera", 3000, 4000, "Grayscale8", 75, 75}},
		"wanted":              {want: "Platen", body: field("Platen", "2550", "3508", jpegFormat, discrete("75")) + field("Camera", "3000", "4000", jpegFormat, discrete("75")), source: source{"Platen", 2550, 3508, "Grayscale8", 75, 75}},
		"only coarse":         {body: field("Platen", "2550", "3508", jpegFormat, discrete("600")), source: source{"Platen", 2550, 3508, "Grayscale8", 600, 600}},
		"no jpeg":             {body: field("Platen", "2550", "3508", pdfFormat, discrete("75")), fails: true},
		"no resolution":       {body: field("Platen", "2550", "3508", jpegFormat, ""), fails: true},
		"no field":            {body: field("Platen", "0", "3508", jpegFormat, discrete("75")), fails: true},
		"field of kilometres": {body: field("Platen", "999999999", "3508", jpegFormat, discrete("75")), fails: true},
		"nothing":             {fails: true},
	}
	for name, c := range cases {
		var caps capabilities
		if err := parseXML([]byte(head+c.body+tail), &caps); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s, err := caps.choose(c.want)
		if (err != nil) != c.fails || s != c.source {
			t.Errorf("%s: %+v %v", name, s, err)
		}
	}
}

func TestParamsAndAddresses(t *testing.T) {
	for _, p := range []drivers.Params{{"sources": "Platen"}, {"source": "ADF"}, {"source": 1}} {
		if _, err := Open(t.Context(), "http://127.0.0.1:1/eSCL", p); drivers.Fault(err).Code != drivers.CodeInvalidData {
			t.Errorf("%v: %v", p, err)
		}
	}
	for _, u := range []string{"", "/dev/video0", "ftp://x/eSCL", "http:///eSCL", "http://a b"} {
		if _, err := Open(t.Context(), u, nil); drivers.Fault(err).Code != drivers.CodeInvalidData {
			t.Errorf("%q: %v", u, err)
		}
	}
	if _, err := Open(t.Context(), "http://127.0.0.1:1/eSCL", nil); drivers.Fault(err).Code != drivers.CodeNoDevice {
		t.Errorf("nothing there: %v", err)
	}
}

// odd is a device that answers what it is told to.
func odd(t *testing.T, answers map[string]http.HandlerFunc) (*Camera, error) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := answers[r.Method+" "+r.URL.Path]; f != nil {
			f(w, r)
			return
		}
		if r.URL.Path == "/eSCL/ScannerCapabilities" {
			_, _ = io.WriteString(w, head+field("Platen", "2550", "3508", jpegFormat, discrete("75"))+tail)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(srv.Close)
	c, err := Open(t.Context(), srv.URL+"/eSCL/", nil)
	if err == nil {
		t.Cleanup(func() { _ = c.Close() })
	}
	return c, err
}

func job(location string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(http.StatusCreated)
	}
}

func TestOddDevices(t *testing.T) {
	say := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
	}
	cases := map[string]struct {
		answers map[string]http.HandlerFunc
		code    drivers.Code
	}{
		"job elsewhere":     {map[string]http.HandlerFunc{"POST /eSCL/ScanJobs": job("http://127.0.0.1:9/admin/delete")}, drivers.CodeLineError},
		"job climbs out":    {map[string]http.HandlerFunc{"POST /eSCL/ScanJobs": job("/eSCL/ScanJobs/../../secret")}, drivers.CodeLineError},
		"no job":            {map[string]http.HandlerFunc{"POST /eSCL/ScanJobs": job("")}, drivers.CodeLineError},
		"order not taken":   {map[string]http.HandlerFunc{"POST /eSCL/ScanJobs": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(409) }}, drivers.CodeInternalError},
		"redirect":          {map[string]http.HandlerFunc{"POST /eSCL/ScanJobs": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "http://127.0.0.1:9/", 302) }}, drivers.CodeHardwareError},
		"picture is a page": {map[string]http.HandlerFunc{"POST /eSCL/ScanJobs": job("/eSCL/ScanJobs/1"), "GET /eSCL/ScanJobs/1/NextDocument": say("<html>")}, drivers.CodeLineError},
	}
	for name, c := range cases {
		cam, err := odd(t, c.answers)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := cam.Preview(t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	if _, err := odd(t, map[string]http.HandlerFunc{"GET /eSCL/ScannerCapabilities": say("<scan")}); drivers.Fault(err).Reason != drivers.ReasonProtocol {
		t.Errorf("broken capabilities: %v", err)
	}
	if _, err := odd(t, map[string]http.HandlerFunc{"GET /eSCL/ScannerCapabilities": say(strings.Repeat(" ", maxXML+10))}); err == nil {
		t.Error("endless capabilities were taken")
	}
}

func TestStates(t *testing.T) {
	for word, want := range map[string]drivers.State{"Idle": drivers.StateOnline, "Processing": drivers.StateBusy, "Testing": drivers.StateBusy,
		"Stopped": drivers.StateOffline, "Down": drivers.StateHardwareError, "": drivers.StateOffline} {
		cam, err := odd(t, map[string]http.HandlerFunc{"GET /eSCL/ScannerStatus": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `<a:ScannerStatus xmlns:a="x"><b:State xmlns:b="y">`+word+`</b:State></a:ScannerStatus>`)
		}})
		if err != nil {
			t.Fatal(err)
		}
		if s, err := cam.Status(t.Context()); err != nil || s.State != want {
			t.Errorf("%q: %+v %v", word, s, err)
		}
	}
}

// Reset takes back what a crashed program left, and nothing outside the service.
func TestResetTakesJobsBack(t *testing.T) {
	var gone []string
	del := func(_ http.ResponseWriter, r *http.Request) { gone = append(gone, r.URL.Path) }
	cam, err := odd(t, map[string]http.HandlerFunc{
		"GET /eSCL/ScannerStatus": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `<ScannerStatus><State>Processing</State><Jobs><JobInfo><JobUri>/eSCL/ScanJobs/7</JobUri><JobState>Processing</JobState></JobInfo>`+
				`<JobInfo><JobUri>/eSCL/ScanJobs/6</JobUri><JobState>Completed</JobState></JobInfo><JobInfo><JobUri>/other</JobUri><JobState>Processing</JobState></JobInfo></Jobs></ScannerStatus>`)
		},
		"DELETE /eSCL/ScanJobs/7": del, "DELETE /eSCL/ScanJobs/6": del, "DELETE /other": del,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := cam.Reset(t.Context()); err != nil || len(gone) != 1 || gone[0] != "/eSCL/ScanJobs/7" {
		t.Errorf("%v %v", gone, err)
	}
}

// An order whose picture was lost and that could not be taken back at once must not block the camera.
func TestStrayOrderIsFreed(t *testing.T) {
	var mu sync.Mutex
	held, deletes := false, 0
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 64, 64)), nil); err != nil {
		t.Fatal(err)
	}
	broken := true
	cam, err := odd(t, map[string]http.HandlerFunc{
		"POST /eSCL/ScanJobs": func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if held {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			held = true
			job("/eSCL/ScanJobs/1")(w, r)
		},
		"GET /eSCL/ScanJobs/1/NextDocument": func(w http.ResponseWriter, _ *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if broken {
				broken = false
				panic(http.ErrAbortHandler)
			}
			_, _ = w.Write(photo.Bytes())
			held = false
		},
		"GET /eSCL/ScannerStatus": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `<ScannerStatus><State>Processing</State><Jobs><JobInfo><JobUri>/eSCL/ScanJobs/1</JobUri><JobState>Processing</JobState></JobInfo></Jobs></ScannerStatus>`)
		},
		"DELETE /eSCL/ScanJobs/1": func(http.ResponseWriter, *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if deletes++; deletes == 1 {
				panic(http.ErrAbortHandler)
			}
			held = false
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cam.Capture(t.Context()); err != nil {
		t.Errorf("capture: %v after %d deletes", err, deletes)
	}
}

func TestPortIsClosedOnFailure(t *testing.T) {
	p := &addressPort{addr: "http://127.0.0.1:1/eSCL"}
	if _, err := Driver().Open(t.Context(), p, nil); err == nil || !p.closed {
		t.Errorf("%v, closed %v", err, p.closed)
	}
}

type addressPort struct {
	addr   string
	closed bool
}

var errNoBytes = errors.New("no bytes")

func (p *addressPort) Read([]byte, time.Duration) (int, error) { return 0, errNoBytes }
func (p *addressPort) Write([]byte) (int, error)               { return 0, errNoBytes }
func (p *addressPort) Discard() error                          { return nil }
func (p *addressPort) Close() error                            { p.closed = true; return nil }
func (p *addressPort) String() string                          { return p.addr }

func FuzzAnswers(f *testing.F) {
	f.Add([]byte(head + field("Platen", "2550", "3508", jpegFormat, ranges) + tail))
	f.Add([]byte(`<ScannerStatus><State>Idle</State></ScannerStatus>`))
	f.Add([]byte("\x00\xff<<scan:\x1b"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var c capabilities
		if parseXML(b, &c) == nil {
			if s, err := c.choose(""); err == nil && (s.preview <= 0 || s.full < s.preview || s.width <= 0) {
				t.Fatalf("%+v", s)
			}
		}
		var s status
		_ = parseXML(b, &s)
		_, _ = frame(b)
	})
}
