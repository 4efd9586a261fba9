package mrzline

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tongban/drivers"
	"tongban/drivers/passport/mrz"
)

const (
	one = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
	two = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
)

var at = time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)

func settings(t testing.TB, p drivers.Params) config {
	t.Helper()
	c, err := decode(p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Whichever marks are set, and however the bytes are cut, the zone that comes out is the same.
func TestFrames(t *testing.T) {
	for name, c := range map[string]struct {
		params drivers.Params
		bytes  string
		quiet  bool // ended by silence
	}{
		"stx etx":       {drivers.Params{"start": "stx", "end": "etx"}, "R1\x02" + one + "\r" + two + "\r\x03\n", false},
		"etx, no stx":   {drivers.Params{"end": "etx"}, one + "\n" + two + "\x03", false},
		"lines":         {drivers.Params{"end": "lines"}, "\r\n" + one + "\r\n" + two + "\r\n", false},
		"lines, spaces": {drivers.Params{"end": "lines"}, " " + one + " \r" + two + "  \r", false},
		"one run, cr":   {drivers.Params{"end": "lines"}, one + two + "\r", false},
		"silence":       {nil, one + "\r" + two + "\r", true},
		"bare silence":  {nil, one + two, true},
		"begins again":  {drivers.Params{"start": "stx", "end": "etx"}, "\x02" + one + "\r\x02" + one + "\r" + two + "\x03", false},
	} {
		t.Run(name, func(t *testing.T) {
			for size := 1; size <= len(c.bytes); size++ {
				f, done := framer{cfg: settings(t, c.params)}, false
				for b := []byte(c.bytes); len(b) > 0 && !done; {
					n := min(size, len(b))
					var err error
					if done, err = f.take(b[:n]); err != nil {
						t.Fatal(err)
					}
					b = b[n:]
				}
				if c.quiet {
					done = f.quiet()
				}
				if z, err := parse(f.lines, at); !done || err != nil || z.Number != "L898902C3" || z.Text != one+"\n"+two {
					t.Fatalf("in pieces of %d: %v %v %+v", size, done, err, f.lines)
				}
			}
		})
	}
}

// A pause in the middle of a line does not end it.
func TestSilenceWithinALine(t *testing.T) {
	f := framer{cfg: settings(t, nil)}
	for _, s := range []string{one[:20], one[20:] + "\r" + two[:9], two[9:]} {
		if f.quiet() {
			t.Fatal("half a zone counts as whole")
		}
		if _, err := f.take([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	if !f.quiet() || join(f.lines) != one+"\n"+two {
		t.Errorf("%q", f.lines)
	}
}

func TestRefusals(t *testing.T) {
	for in, want := range map[string]error{"P<UTO\x7F": errByte, "p<uto": errByte, strings.Repeat("<", 91): errLong, "A\rB\rC\rD\rE": errLong} {
		f := framer{cfg: settings(t, nil)}
		if _, err := f.take([]byte(in)); err != want {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
	for _, p := range []drivers.Params{{"start": "etx"}, {"end": "cr"}, {"gap": "1s"}, {"gap": 7}, {"baud": "9600"}, {"trigger_on": "xy"}} {
		if _, err := decode(p); err == nil {
			t.Errorf("%v is taken", p)
		}
	}
	if _, err := parse([]string{one, strings.Replace(two, "L898902C3", "L898902C4", 1)}, at); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonCardUnreadable || strings.Contains(err.Error(), "L898902C4") {
		t.Errorf("a misread number: %v", err)
	}
}

// The recorder keeps marks and lengths, and puts the specimens of ICAO in the place of whoever was read; they read as well.
func TestRedactor(t *testing.T) {
	for _, in := range []string{
		"\x02P<CHNXIE<<YANGLI<<<<<<<<<<<<<<<<<<<<<<<<<<<<\rE510799018CHN9001011F3105209<<<<<<<<<<<<<<00\r\x03",
		"I<CHNXIE<<YANGLI<<<<<<<<<<<<<<<<<<<<\r\nE510799018CHN9001011F3105209<<<<<<<0\r\n",
		"CSC510799014<3001010<9001011<0\rNFMFNGKE<<<<ZHANG<<ZHENG<<<<<<\rF<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\r",
		"P<CHNXIE<<YANGLI<<<<<<<<<<<<<<<<<<<<<<<<<<<<E510799018CHN9001011F3105209<<<<<<<<<<<<<<00\r",
	} {
		for at1 := range in {
			r := &redactor{}
			got := append(append(r.FromDevice([]byte(in[:at1])), r.FromDevice([]byte(in[at1:]))...), r.Rest()...)
			if len(got) != len(in) || bytes.Contains(got, []byte("XIE")) || bytes.Contains(got, []byte("ZHANG")) || bytes.Contains(got, []byte("510799")) {
				t.Fatalf("%q became %q", in, got)
			}
			f := framer{cfg: settings(t, nil)}
			if _, err := f.take(got); err != nil || !f.quiet() {
				t.Fatalf("%q: %v", got, err)
			}
			if z, err := mrz.Parse(join(f.lines), at); err != nil || !z.Valid() {
				t.Errorf("%q: %v", got, err)
			}
		}
	}
	if got := (&redactor{}).FromDevice([]byte("51079919900101\r")); !bytes.Equal(got, []byte("<<<<<<<<<<<<<<\r")) {
		t.Errorf("a line of another length: %q", got)
	}
}

// Whatever comes over the line: no panic, no zone without its shape, a redactor that keeps the length and nothing of the content.
func FuzzFramer(f *testing.F) {
	f.Add([]byte("\x02"+one+"\r"+two+"\r\x03"), 7, true)
	f.Add([]byte(one+two), 44, false)
	f.Add([]byte("CSC510799014<3001010<9001011<0\rNFMFNGKE<<<<ZHANG<<ZHENG<<<<<<\rF<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\r"), 3, false)
	f.Fuzz(func(t *testing.T, b []byte, cutAt int, etx bool) {
		if cutAt < 0 || cutAt > len(b) {
			return
		}
		cfg := config{end: endGap}
		if etx {
			cfg = config{stx: true, end: endETX}
		}
		x := framer{cfg: cfg}
		done, err := x.take(b[:cutAt])
		if !done && err == nil {
			done, err = x.take(b[cutAt:])
		}
		if err == nil && (done || x.quiet()) {
			if len(x.lines) == 0 || len(x.lines) > 4 {
				t.Fatalf("%d lines", len(x.lines))
			}
			_, _ = parse(x.lines, at)
		}
		r := &redactor{}
		if n := len(r.FromDevice(b[:cutAt])) + len(r.FromDevice(b[cutAt:])) + len(r.Rest()); n != len(b) {
			t.Fatalf("%d bytes became %d", len(b), n)
		}
	})
}
