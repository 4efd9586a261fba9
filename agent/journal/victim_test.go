package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/agent/clock"
	"tongban/agent/store"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	"tongban/drivers/laser/ipp"
	"tongban/drivers/laser/pjl"
	"tongban/drivers/receipt/escpos"
)

// What a child is told.
const (
	victimDir    = "TONGBAN_PRINT_VICTIM"
	victimPort   = "TONGBAN_PRINT_PORT"
	victimQuirks = "TONGBAN_PRINT_QUIRKS"
	victimPlan   = "TONGBAN_PRINT_PLAN"
	victimRound  = "TONGBAN_PRINT_ROUND"
)

func openBook(t *testing.T, dir string) *Book {
	t.Helper()
	db, err := store.Open(context.Background(), databaseOf(dir), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return Open(db, clock.System())
}

// beVictim is one life of the terminal's program: settle, print what was ready, print one more.
func beVictim(t *testing.T, dir string) {
	address, plan := os.Getenv(victimPort), os.Getenv(victimPlan)
	b := openBook(t, dir)
	d := &doomed{}
	_, _ = fmt.Sscanf(plan, "byte %d", &d.byteN)
	_, _ = fmt.Sscanf(plan, "answer %d", &d.answerN)
	_, _ = fmt.Sscanf(plan, "cut %d", &d.cutMs)
	d.what, _, _ = strings.Cut(plan, " ")
	fmt.Println("begins")
	port, err := hal.Open(t.Context(), address)
	for range 50 { // the line of the one before is let go when the kernel has cleared it away
		if err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
		port, err = hal.Open(t.Context(), address)
	}
	if err != nil {
		t.Fatal(err)
	}
	job := Job{ID: fmt.Sprintf("%06d", 1000+atoi(os.Getenv(victimRound))), Cuts: -1}
	if strings.HasPrefix(address, "http") {
		job.Kind, job.Sides = Pages, 3
		p, err := ipp.Driver().Open(t.Context(), port, nil)
		if err != nil {
			t.Fatal(err)
		}
		printDocuments(t, b, p.(drivers.LaserPrinter), job)
	} else if strings.HasPrefix(address, "tcp:") {
		job.Kind, job.Sides = Pages, 3
		p, err := pjl.Driver().Open(t.Context(), port, drivers.Params{"dpi": 75})
		if err != nil {
			t.Fatal(err)
		}
		printDocuments(t, b, p.(drivers.LaserPrinter), job)
	} else {
		d.Port, job.Kind = port, "stored"
		var quirks []string
		if q := os.Getenv(victimQuirks); q != "" {
			quirks = append(quirks, q)
		}
		p, err := escpos.Open(t.Context(), d, drivers.Params{"quirks": quirks, "speed": 300})
		if err != nil {
			t.Fatal(err)
		}
		printSlips(t, b, p, job, d)
	}
	fmt.Printf("printed %d\n", d.count())
	switch {
	case d.what == "never":
		return
	case d.what != "timer": // the moment did not come: then it is the one after the answer
		die()
	}
	time.Sleep(time.Minute)
}

func printSlips(t *testing.T, b *Book, p drivers.ReceiptPrinter, job Job, d *doomed) {
	t.Helper()
	jobs := waiting(t, b, job, func() error { _, err := b.Settle(t.Context(), p); return err })
	for _, j := range jobs {
		d.arm()
		fmt.Println("prints")
		e, err := b.Slip(t.Context(), p, drivers.Slip{Key: j.ID, Image: marked(j.ID)})
		if err != nil || e.State != Printed {
			t.Fatalf("slip %s: %+v %v", j.ID, e, err)
		}
	}
}

func printDocuments(t *testing.T, b *Book, p drivers.LaserPrinter, job Job) {
	t.Helper()
	jobs := waiting(t, b, job, func() error { _, err := b.SettleDocuments(t.Context(), p); return err })
	for _, j := range jobs {
		fmt.Println("prints")
		_, e, err := b.Document(t.Context(), p, document(j.ID, drivertest.TestPDF(3)))
		if err != nil || e.State != Printed {
			t.Fatalf("document %s: %+v %v", j.ID, e, err)
		}
	}
}

// waiting settles, adds one job, and lists what was not begun yet.
func waiting(t *testing.T, b *Book, job Job, settle func() error) []Job {
	t.Helper()
	if err := errors.Join(settle(), b.Add(t.Context(), job)); err != nil {
		t.Fatal(err)
	}
	jobs, err := b.list(t.Context(), `WHERE state = ? ORDER BY rowid`, Ready)
	if err != nil {
		t.Fatal(err)
	}
	return jobs
}

func atoi(s string) (n int) {
	_, _ = fmt.Sscan(s, &n)
	return n
}

func die() {
	p, err := os.FindProcess(os.Getpid())
	if err == nil {
		_ = p.Kill()
	}
	select {}
}

// doomed is a line whose owner dies at a byte, at an answer, or after the cut.
type doomed struct {
	drivers.Port
	what                  string
	byteN, answerN, cutMs int

	mu      sync.Mutex
	armed   bool
	written int
	read    int
}

func (d *doomed) arm() { d.mu.Lock(); d.armed, d.written = true, 0; d.mu.Unlock() }

func (d *doomed) count() int { d.mu.Lock(); defer d.mu.Unlock(); return d.written }

func (d *doomed) Write(p []byte) (int, error) {
	d.mu.Lock()
	room := d.byteN - d.written
	d.written += len(p)
	byByte := d.armed && d.what == "byte" && room < len(p)
	byCut := d.armed && d.what == "cut" && bytes.Contains(p, []byte{0x1D, 'V', 66})
	d.mu.Unlock()
	if byByte {
		_, _ = d.Port.Write(p[:max(room, 0)])
		die()
	}
	n, err := d.Port.Write(p)
	if byCut {
		time.AfterFunc(time.Duration(d.cutMs)*time.Millisecond/2, die)
	}
	return n, err
}

func (d *doomed) Read(p []byte, timeout time.Duration) (int, error) {
	n, err := d.Port.Read(p, timeout)
	d.mu.Lock()
	if n > 0 && d.armed {
		d.read++
	}
	dead := d.armed && d.what == "answer" && d.read > d.answerN
	d.mu.Unlock()
	if dead {
		die()
	}
	return n, err
}

// A slip of the test carries its number above and below: rows of 16 squares, black for a one. What begins has its left
// half black before it, what ends its right half behind it; between them nothing is uniform.
const (
	slipDots = 384
	square   = slipDots / 16
)

func marked(key string) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, slipDots, 300))
	number := atoi(strings.TrimLeft(key, "0"))
	for y := range 300 {
		for x := range slipDots {
			var ink bool
			switch {
			case y < 4:
				ink = x < slipDots/2
			case y < 12, y >= 288 && y < 296:
				ink = number>>(x/square)&1 == 1
			case y >= 296:
				ink = x >= slipDots/2
			default:
				ink = (x/8+y)%2 == 0 && x < slipDots-(y/30*41)%200
			}
			if !ink {
				img.Pix[y*img.Stride+x] = 255
			}
		}
	}
	return img
}

// marks is what one piece of paper carries.
type marks struct{ begun, whole []string }

func readMarks(raw []byte) (marks, error) {
	var m marks
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return m, fmt.Errorf("decode slip: %w", err)
	}
	const left, right, none = 0x00FF, 0xFF00, -1
	open, before := none, none
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		code, uniform := rowCode(img, y)
		if !uniform || code == 0 || code == before {
			if !uniform {
				before = none
			}
			continue
		}
		switch {
		case before == left:
			open = code
			m.begun = append(m.begun, fmt.Sprintf("%06d", code))
		case code == right && before == open && open != none:
			m.whole = append(m.whole, fmt.Sprintf("%06d", open))
			open = none
		}
		before = code
	}
	return m, nil
}

// rowCode reads a row of squares; uniform is false where a square is of two colours.
func rowCode(img image.Image, y int) (code int, uniform bool) {
	for s := range 16 {
		ink := 0
		for x := s * square; x < (s+1)*square; x++ {
			if r, _, _, _ := img.At(x, y).RGBA(); r < 0x8000 {
				ink++
			}
		}
		switch ink {
		case square:
			code |= 1 << s
		case 0:
		default:
			return 0, false
		}
	}
	return code, true
}

// The paper is read right: one whole, one begun, two on one piece.
func TestMarks(t *testing.T) {
	a, b := marked("000101"), marked("000512")
	both := image.NewGray(image.Rect(0, 0, slipDots, 500))
	copy(both.Pix, a.Pix[:200*a.Stride])
	copy(both.Pix[200*a.Stride:], b.Pix)
	for _, c := range []struct {
		img          *image.Gray
		begun, whole string
	}{{a, "000101", "000101"}, {both, "000101 000512", "000512"}, {image.NewGray(image.Rect(0, 0, slipDots, 9)), "", ""}} {
		var raw bytes.Buffer
		if err := png.Encode(&raw, c.img); err != nil {
			t.Fatal(err)
		}
		m, err := readMarks(raw.Bytes())
		if err != nil || strings.Join(m.begun, " ") != c.begun || strings.Join(m.whole, " ") != c.whole {
			t.Errorf("%+v %v, want %s and %s", m, err, c.begun, c.whole)
		}
	}
}
