package blobs_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tongban/central/kernel/blobs"
)

func content(n int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func read(t *testing.T, s *blobs.Store, d blobs.Digest) []byte {
	t.Helper()
	r, size, err := s.Open(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	b, err := io.ReadAll(r)
	if err != nil || int64(len(b)) != size {
		t.Fatalf("%d bytes of %d, %v", len(b), size, err)
	}
	return b
}

func TestPut(t *testing.T) {
	each(t, func(t *testing.T, fresh func() string) {
		root := fresh()
		s, ctx := opened(t, root), t.Context()
		for _, n := range []int{0, 1, 70000} {
			b := content(n)
			for range 2 { // the second finds it there
				if size, err := s.Put(ctx, bytes.NewReader(b), blobs.Of(b)); err != nil || size != int64(n) {
					t.Errorf("%d bytes: %d, %v", n, size, err)
				}
			}
			if !bytes.Equal(read(t, s, blobs.Of(b)), b) {
				t.Errorf("%d bytes came back changed", n)
			}
		}

		wrong := blobs.Of([]byte("something else"))
		if _, err := s.Put(ctx, bytes.NewReader(content(10)), wrong); !errors.Is(err, blobs.ErrDigest) {
			t.Errorf("wrong content: %v", err)
		}
		if _, err := s.Put(ctx, bytes.NewReader(content(2<<20)), wrong); !errors.Is(err, blobs.ErrTooLarge) {
			t.Errorf("too large: %v", err)
		}
		if ok, err := s.Has(ctx, wrong); ok || err != nil {
			t.Errorf("it is there: %v, %v", ok, err)
		}
		if _, _, err := s.Open(ctx, wrong); !errors.Is(err, blobs.ErrNotFound) {
			t.Errorf("open: %v", err)
		}
		if l := leftovers(t, root); len(l) != 0 {
			t.Errorf("left over: %v", l)
		}
	})
}

// cut gives n bytes and then breaks, as a line does.
type cut struct {
	r io.Reader
	n int
}

var errLine = errors.New("line is cut")

func (c *cut) Read(p []byte) (int, error) {
	if c.n == 0 {
		return 0, errLine
	}
	n, err := c.r.Read(p[:min(len(p), c.n)])
	c.n -= n
	return n, err
}

// Wherever the line breaks and the process dies, the upload goes on from the
// bytes that are here.
func TestResumeFromAnyByte(t *testing.T) {
	each(t, func(t *testing.T, fresh func() string) {
		b := content(257)
		d := blobs.Of(b)
		for at := range len(b) + 1 {
			root := fresh()
			ctx := t.Context()
			got, err := opened(t, root).Append(ctx, d, 0, &cut{bytes.NewReader(b), at})
			if !errors.Is(err, errLine) || got != int64(at) {
				t.Fatalf("cut at %d: offset %d, %v", at, got, err)
			}

			s := opened(t, root) // a new process
			off, err := s.Offset(ctx, d)
			if err != nil || off != int64(at) {
				t.Fatalf("cut at %d: offset %d, %v", at, off, err)
			}
			if off, err = s.Append(ctx, d, off, bytes.NewReader(b[off:])); err != nil || off != int64(len(b)) {
				t.Fatalf("cut at %d: went on to %d, %v", at, off, err)
			}
			if err := s.Finish(ctx, d); err != nil {
				t.Fatalf("cut at %d: %v", at, err)
			}
			if !bytes.Equal(read(t, s, d), b) || len(leftovers(t, root)) != 0 {
				t.Fatalf("cut at %d: wrong content or left-overs", at)
			}
		}
	})
}

func TestOffsetsAndDigestsAreChecked(t *testing.T) {
	each(t, func(t *testing.T, fresh func() string) {
		root := fresh()
		s, ctx := opened(t, root), t.Context()
		b := content(100)
		d := blobs.Of(b)
		if _, err := s.Append(ctx, d, 0, bytes.NewReader(b[:40])); err != nil {
			t.Fatal(err)
		}
		for _, off := range []int64{0, 39, 41, -1} {
			if got, err := s.Append(ctx, d, off, bytes.NewReader(b)); !errors.Is(err, blobs.ErrOffset) || got != 40 {
				t.Errorf("append at %d: %d, %v", off, got, err)
			}
		}
		if err := s.Finish(ctx, d); !errors.Is(err, blobs.ErrDigest) {
			t.Errorf("finish half: %v", err)
		}
		if off, _ := s.Offset(ctx, d); off != 0 {
			t.Errorf("spoilt bytes are kept: %d", off)
		}
		if err := s.Finish(ctx, d); !errors.Is(err, blobs.ErrNotFound) {
			t.Errorf("finish nothing: %v", err)
		}
		if len(leftovers(t, root)) != 0 {
			t.Error("left over")
		}

		for _, bad := range []blobs.Digest{"", "sha256:", "sha256:../../etc/passwd", "md5:" + d[7:], d[:70], d + "0", "SHA256:" + d[7:]} {
			if _, err := s.Append(ctx, bad, 0, bytes.NewReader(b)); err == nil {
				t.Errorf("append to %q", bad)
			}
			if _, err := s.Put(ctx, bytes.NewReader(b), bad); err == nil {
				t.Errorf("put %q", bad)
			}
			if _, err := s.Offset(ctx, bad); err == nil {
				t.Errorf("offset of %q", bad)
			}
			if err := s.Finish(ctx, bad); err == nil {
				t.Errorf("finish %q", bad)
			}
			if _, _, err := s.Open(ctx, bad); err == nil {
				t.Errorf("open %q", bad)
			}
		}
	})
}

func TestAFinishedFileTakesNoMore(t *testing.T) {
	each(t, func(t *testing.T, fresh func() string) {
		s, ctx := opened(t, fresh()), t.Context()
		b := content(50)
		d := blobs.Of(b)
		if _, err := s.Put(ctx, bytes.NewReader(b), d); err != nil {
			t.Fatal(err)
		}
		if off, err := s.Offset(ctx, d); off != 50 || err != nil {
			t.Errorf("offset %d, %v", off, err)
		}
		if off, err := s.Append(ctx, d, 0, bytes.NewReader(b)); off != 50 || err != nil {
			t.Errorf("append %d, %v", off, err)
		}
		if err := s.Finish(ctx, d); err != nil {
			t.Error(err)
		}
	})
}

// Many upload the same file at once, in two processes: each gets on or is told
// where to go on, and the file is right.
func TestTheSameFileFromMany(t *testing.T) {
	each(t, func(t *testing.T, fresh func() string) {
		root := fresh()
		stores := []*blobs.Store{opened(t, root), opened(t, root)}
		b := content(200000)
		d := blobs.Of(b)
		var wg sync.WaitGroup
		for i := range 8 {
			s := stores[i%2]
			wg.Go(func() {
				ctx := context.Background()
				if i >= 6 {
					if _, err := s.Put(ctx, bytes.NewReader(b), d); err != nil {
						t.Error(err)
					}
					return
				}
				for {
					off, err := s.Offset(ctx, d)
					if err != nil {
						t.Error(err)
						return
					}
					if off == int64(len(b)) {
						err := s.Finish(ctx, d)
						if errors.Is(err, blobs.ErrNotFound) {
							continue
						}
						if err != nil {
							t.Error(err)
						}
						return
					}
					_, err = s.Append(ctx, d, off, bytes.NewReader(b[off:min(off+7000, int64(len(b)))]))
					if err != nil && !errors.Is(err, blobs.ErrOffset) {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		if !bytes.Equal(read(t, stores[0], d), b) || len(leftovers(t, root)) != 0 {
			t.Errorf("wrong content, or left over: %v", leftovers(t, root))
		}
	})
}

func TestAReaderThatGivesUp(t *testing.T) {
	each(t, func(t *testing.T, fresh func() string) {
		s := opened(t, fresh())
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		b := content(10)
		if _, err := s.Put(ctx, bytes.NewReader(b), blobs.Of(b)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestSweep(t *testing.T) {
	each(t, func(t *testing.T, fresh func() string) {
		root := fresh()
		s, ctx := opened(t, root), t.Context()
		b := content(10)
		if _, err := s.Append(ctx, blobs.Of(b), 0, bytes.NewReader(b[:5])); err != nil {
			t.Fatal(err)
		}
		old := time.Now().Add(-9 * 24 * time.Hour)
		if n, err := s.Sweep(old); n != 0 || err != nil {
			t.Errorf("swept %d young ones, %v", n, err)
		}
		for _, f := range leftovers(t, root) {
			_ = os.Chtimes(f, old, old)
		}
		if n, err := s.Sweep(time.Now().Add(-8 * 24 * time.Hour)); n != 1 || err != nil {
			t.Errorf("swept %d, %v", n, err)
		}
	})
}

func FuzzParseDigest(f *testing.F) {
	f.Add(string(blobs.Of(nil)))
	f.Add("sha256:../..")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := blobs.ParseDigest(s)
		if err == nil && (len(d.Hex()) != 64 || filepath.Base(d.Hex()) != d.Hex()) {
			t.Errorf("%q", s)
		}
	})
}
