package receipt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tongban/deploy/sim/clock"
	"tongban/deploy/sim/control"
)

// store keeps the slips, in a folder or in memory.
type store struct {
	dir   string
	mu    sync.Mutex
	slips []control.Slip
	pics  map[int][]byte
}

// finished is what the head knows of a slip when it ends.
type finished struct {
	bytes int
	cut   bool
	why   string
}

// openStore takes up the slips of an earlier run, so that numbers never come twice.
func openStore(dir string) (*store, error) {
	s := &store{dir: dir, pics: map[int][]byte{}}
	if dir == "" {
		return s, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make slip folder: %w", err)
	}
	for n := 1; ; n++ {
		b, err := os.ReadFile(s.path(n, "json"))
		if errors.Is(err, os.ErrNotExist) {
			return s, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read slip: %w", err)
		}
		var slip control.Slip
		if err := json.Unmarshal(b, &slip); err != nil {
			return nil, fmt.Errorf("read slip %d: %w", n, err)
		}
		s.slips = append(s.slips, slip)
	}
}

func (s *store) path(n int, ext string) string {
	return filepath.Join(s.dir, fmt.Sprintf("slip-%04d.%s", n, ext))
}

func (s *store) keep(page *strip, f finished) control.Slip {
	s.mu.Lock()
	defer s.mu.Unlock()
	slip := control.Slip{N: len(s.slips) + 1, Bytes: f.bytes, Cut: f.cut, Complete: f.cut && f.why == "", At: clock.Now().Format(time.RFC3339Nano),
		WidthPx: page.w, HeightPx: page.height(), Why: f.why}
	var b bytes.Buffer
	_ = png.Encode(&b, page.picture())
	s.slips = append(s.slips, slip)
	if s.dir == "" {
		s.pics[slip.N] = b.Bytes()
		return slip
	}
	// A full disk must not stop the printer: the picture is then missing, the paper is not.
	_ = os.WriteFile(s.path(slip.N, "png"), b.Bytes(), 0o644)
	s.save(slip)
	return slip
}

func (s *store) save(slip control.Slip) {
	if s.dir == "" {
		return
	}
	if b, err := json.Marshal(slip); err == nil {
		_ = os.WriteFile(s.path(slip.N, "json"), b, 0o644)
	}
}

func (s *store) list() []control.Slip {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]control.Slip{}, s.slips...)
}

// tear marks what hangs out of the printer as taken.
func (s *store) tear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.slips {
		if !s.slips[i].Torn {
			s.slips[i].Torn = true
			s.save(s.slips[i])
		}
	}
}

func (s *store) png(n int) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n < 1 || n > len(s.slips) {
		return nil, fmt.Errorf("no slip %d", n)
	}
	if s.dir == "" {
		return s.pics[n], nil
	}
	return os.ReadFile(s.path(n, "png"))
}

// counters are the maintenance counters (维护计数), which outlive the power.
type counters struct {
	Cuts  int `json:"cuts"`
	Feeds int `json:"feeds"`
	Dots  int `json:"dots"`
}

func loadCounters(file string) (counters, error) {
	var c counters
	if file == "" {
		return c, nil
	}
	b, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("read counters: %w", err)
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("read counters: %w", err)
	}
	return c, nil
}

func (c counters) save(file string) {
	if file == "" {
		return
	}
	b, err := json.Marshal(c)
	if err != nil {
		return
	}
	next := file + ".next"
	if os.WriteFile(next, b, 0o644) == nil {
		_ = os.Rename(next, file)
	}
}
