package tape

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers"
)

const sample = `tongban-tape 1
driver: idcard/sdt
# no card, then one
> AA AA 20 01
< 80
> AA AA 20 01
< 9F 00*4
< 97
! unplugged
< 01
`

func parse(t *testing.T, s string) *Tape {
	t.Helper()
	x, err := Parse(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func play(t *testing.T, s string) Deck {
	t.Helper()
	d, err := Play(parse(t, s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func read(t *testing.T, p drivers.Port, n int) []byte {
	t.Helper()
	var out []byte
	buf := make([]byte, n)
	for len(out) < n {
		k, err := p.Read(buf[:n-len(out)], 50*time.Millisecond)
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		if k == 0 {
			t.Fatalf("silence after % X", out)
		}
		out = append(out, buf[:k]...)
	}
	return out
}

func TestPlay(t *testing.T) {
	p := play(t, sample)
	if n, err := p.Read(make([]byte, 8), 10*time.Millisecond); n != 0 || err != nil {
		t.Errorf("before a question: %d %v", n, err)
	}
	for _, b := range []string{"\xAA", "\xAA\x20\x01"} { // how it is cut into calls does not matter
		if _, err := p.Write([]byte(b)); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, p, 1); got[0] != 0x80 {
		t.Errorf("got % X", got)
	}
	if _, err := p.Write([]byte("\xAA\xAA\x20\x01")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, p, 6); !bytes.Equal(got, []byte{0x9F, 0, 0, 0, 0, 0x97}) {
		t.Errorf("got % X", got)
	}
	if err := p.Err(); err == nil {
		t.Error("the failure and a byte are left over, and nobody says so")
	}
	if _, err := p.Read(make([]byte, 1), time.Millisecond); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonUnplugged {
		t.Errorf("failure: %v", err)
	}
	read(t, p, 1)
	if err := p.Err(); err != nil {
		t.Errorf("all played: %v", err)
	}
}

func TestPlayFindsDifferences(t *testing.T) {
	for name, c := range map[string]struct{ write, want string }{
		"other byte": {"\xAA\xAA\x21", "byte 2 written is 21, on the tape 20 01"},
		"too much":   {"\xAA\xAA\x20\x01\xAA\xAA\x20\x01\x00", "on the tape nothing"},
		"too little": {"\xAA", "7 bytes were never written"},
	} {
		t.Run(name, func(t *testing.T) {
			p := play(t, sample)
			_, _ = p.Write([]byte(c.write))
			if err := p.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("err: %v, want %q", err, c.want)
			}
		})
	}
}

func TestWriteAndParse(t *testing.T) {
	want := parse(t, sample)
	var b bytes.Buffer
	if _, err := want.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, parse(t, b.String())); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, b.String())
	}
	for _, bad := range []string{
		"", "tongban-tape 2\n", "tongban-tape 1\n> A\n", "tongban-tape 1\n> 00*0\n", "tongban-tape 1\n> 00*99999999999\n",
		"tongban-tape 1\n> 00\nafter: bytes\n", "tongban-tape 1\nword\n", "tongban-tape 1\n< 00*60000000\n< 00*60000000\n",
	} {
		if _, err := Parse(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// blanker replaces the letter s, standing for personal data, and holds everything back until a full stop.
type blanker struct{ held []byte }

func (b *blanker) ToDevice(p []byte) []byte { return p }
func (b *blanker) FromDevice(p []byte) []byte {
	b.held = append(b.held, p...)
	i := bytes.IndexByte(b.held, '.')
	out := bytes.ReplaceAll(b.held[:i+1], []byte("s"), []byte("-"))
	b.held = b.held[i+1:]
	return out
}

func (b *blanker) Rest() []byte {
	out := bytes.Repeat([]byte("-"), len(b.held))
	b.held = nil
	return out
}

func TestRecordRedacts(t *testing.T) {
	inner := play(t, "tongban-tape 1\n> 01\n< \"secret\"\n< \". half se\"\n> 02\n! gone\n")
	r, err := Record(inner, &blanker{}, map[string]string{"driver": "x"})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = r.Write([]byte{1})
	if got := string(read(t, r, 15)); got != "secret. half se"[:15] {
		t.Errorf("the driver gets %q", got)
	}
	_, _ = r.Write([]byte{2})
	_, _ = r.Read(make([]byte, 1), time.Millisecond)
	want := []Piece{{Kind: ToDevice, Bytes: []byte{1}}, {Kind: FromDevice, Bytes: []byte("-ecret.--------")}, {Kind: ToDevice, Bytes: []byte{2}}, {Kind: Failed, Text: "unplugged"}}
	if diff := cmp.Diff(want, r.Tape().Pieces); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A web service is recorded and played like a line of bytes; pictures are not kept.
func TestWeb(t *testing.T) {
	device := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + " " + r.URL.Path {
		case "GET /eSCL/ScannerStatus":
			w.Header().Set("Content-Type", "text/xml")
			_, _ = io.WriteString(w, "<status>\n idle\n</status>")
		case "POST /eSCL/ScanJobs":
			w.Header().Set("Location", "http://elsewhere/eSCL/ScanJobs/1")
			w.WriteHeader(http.StatusCreated)
		default:
			w.Header().Set("Content-Type", "image/jpeg")
			_, _ = io.WriteString(w, "a picture of somebody's paper")
		}
	}))
	t.Cleanup(device.Close)
	use := func(base string) (out []string) {
		get := func(method, p, body string) {
			req, err := http.NewRequestWithContext(t.Context(), method, base+p, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = res.Body.Close() }()
			b, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, res.Status+" "+res.Header.Get("Location"), string(b))
		}
		get("GET", "/ScannerStatus", "")
		get("POST", "/ScanJobs", "<job/>")
		get("GET", "/ScanJobs/1/NextDocument", "")
		return out
	}
	rec, err := recordWeb(device.URL+"/eSCL", map[string]string{})
	if err != nil {
		t.Fatal(err)
	}
	live := use(rec.String())
	if err := rec.Close(); err != nil {
		t.Error(err)
	}
	if live[5] != "a picture of somebody's paper" {
		t.Errorf("the driver gets %q", live[5])
	}
	var b bytes.Buffer
	if _, err := rec.Tape().WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "somebody") {
		t.Error("the picture is on the tape")
	}
	p := play(t, b.String())
	played := use(p.String())
	if diff := cmp.Diff(live[:4], played[:4]); diff != "" {
		t.Errorf("(-live +played):\n%s", diff)
	}
	if !strings.HasPrefix(played[5], "\xFF\xD8") {
		t.Error("no picture is played")
	}
	if err := p.Err(); err != nil {
		t.Error(err)
	}
	use(p.String())
	if p.Err() == nil {
		t.Error("more is asked than is on the tape, and nobody says so")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("tongban-tape 1\n> \"GET /\\n\"\n< \"200 text/xml\\n<a/>\"\n")
	f.Add("tongban-tape 1\n> 00*3 01\n")
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "*") && len(s) > 64 {
			return // long repetitions only cost memory
		}
		x, err := Parse(strings.NewReader(s))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if _, err := x.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		again, err := Parse(&b)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if diff := cmp.Diff(x.Pieces, again.Pieces); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
