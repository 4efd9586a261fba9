package photo

import (
	"bytes"
	"testing"
)

func TestCheck(t *testing.T) {
	for program, ok := range map[string]bool{"/opt/vendor/photo": true, "photo": false, "./photo": false, "": false} {
		if err := Check(program); (err == nil) != ok {
			t.Errorf("%q: %v", program, err)
		}
	}
}

// Whatever a decoder answers, it becomes a picture of bounded size or a refusal.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x02BM"))
	f.Add([]byte("\x00\x00\x00\x08\x89PNG\r\n\x1a\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := readFrame(bytes.NewReader(b))
		if err != nil {
			return
		}
		if len(frame) > maxAnswer || len(frame)+4 != len(b) {
			t.Fatalf("frame of %d bytes in %d", len(frame), len(b))
		}
		if p, err := redraw(frame); err == nil && !bytes.HasPrefix(p, []byte("\x89PNG")) {
			t.Error("no PNG")
		}
	})
}
