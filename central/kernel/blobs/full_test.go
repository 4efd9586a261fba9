package blobs

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"

	"tongban/central/kernel/errs"
)

// full is a disk with room for n more bytes.
type full struct {
	w io.Writer
	n *int
}

func (f full) Write(p []byte) (int, error) {
	if *f.n >= len(p) {
		*f.n -= len(p)
		return f.w.Write(p)
	}
	n, _ := f.w.Write(p[:*f.n])
	*f.n = 0
	return n, fmt.Errorf("write: %w", syscall.ENOSPC)
}

// A full disk is told in words, loses nothing that was acknowledged, and the
// upload goes on when there is room again.
func TestFullDisk(t *testing.T) {
	s, err := OpenStore(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	room, ctx := 100, t.Context()
	s.b.(*folder).filter = func(w io.Writer) io.Writer { return full{w, &room} }
	b := bytes.Repeat([]byte("纸"), 100)
	d := Of(b)

	told := func(err error) {
		t.Helper()
		if errs.KindOf(err) != errs.Unavailable || errs.CodeOf(err) != "blobs.full" || !strings.Contains(errs.MessageOf(err), "存储空间不足") {
			t.Errorf("got %v", err)
		}
	}
	off, err := s.Append(ctx, d, 0, bytes.NewReader(b))
	told(err)
	if off != 100 {
		t.Errorf("offset %d", off)
	}
	_, err = s.Put(ctx, bytes.NewReader(b), d)
	told(err)

	room = 1 << 20
	if off, err = s.Append(ctx, d, off, bytes.NewReader(b[off:])); err != nil || off != 300 {
		t.Fatalf("%d, %v", off, err)
	}
	if err := s.Finish(ctx, d); err != nil {
		t.Error(err)
	}
}
