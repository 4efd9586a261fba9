package blobs_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tongban/central/kernel/blobs"
	"tongban/central/kernel/errs"
)

// What is there can be listed and removed, on either kind of store.
func TestEachAndRemove(t *testing.T) {
	each(t, func(t *testing.T, fresh func() string) {
		s, ctx := opened(t, fresh()), t.Context()
		var want []blobs.Digest
		for _, n := range []int{3, 30, 300} {
			b := content(n)
			want = append(want, blobs.Of(b))
			if _, err := s.Put(ctx, bytes.NewReader(b), blobs.Of(b)); err != nil {
				t.Fatal(err)
			}
		}
		list := func() (got []blobs.Digest) {
			err := s.Each(ctx, func(d blobs.Digest, size int64) error {
				if size != 3 && size != 30 && size != 300 {
					t.Errorf("%s has %d bytes", d, size)
				}
				got = append(got, d)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(got)
			return got
		}
		gone := want[1]
		slices.Sort(want)
		if got := list(); !slices.Equal(got, want) {
			t.Errorf("listed %v, want %v", got, want)
		}
		for range 2 { // the second finds nothing to do
			if err := s.Remove(ctx, gone); err != nil {
				t.Fatal(err)
			}
		}
		want = slices.DeleteFunc(want, func(d blobs.Digest) bool { return d == gone })
		if got := list(); !slices.Equal(got, want) {
			t.Errorf("after removing: %v, want %v", got, want)
		}
		if _, _, err := s.Open(ctx, gone); !errors.Is(err, blobs.ErrNotFound) {
			t.Errorf("removed file opens: %v", err)
		}
		stop := errors.New("stop")
		if err := s.Each(ctx, func(blobs.Digest, int64) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("listing does not stop: %v", err)
		}
		if err := s.Ping(ctx); err != nil {
			t.Error(err)
		}
	})
}

// A file that does not fit into memory takes the other road to the store.
func TestALargeFile(t *testing.T) {
	each(t, func(t *testing.T, fresh func() string) {
		s, err := blobs.OpenStore(fresh(), blobs.Options{KeyFile: gateway.key})
		if err != nil {
			t.Fatal(err)
		}
		ctx, b := t.Context(), content(9<<20)
		d := blobs.Of(b)
		at, err := s.Append(ctx, d, 0, bytes.NewReader(b[:5<<20]))
		if err != nil || at != 5<<20 {
			t.Fatalf("%d, %v", at, err)
		}
		if at, err = s.Append(ctx, d, at, bytes.NewReader(b[at:])); err != nil || at != 9<<20 {
			t.Fatalf("%d, %v", at, err)
		}
		if err := s.Finish(ctx, d); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(read(t, s, d), b) {
			t.Error("content changed")
		}
		other := content(8<<20 + 1)
		if _, err := s.Put(ctx, bytes.NewReader(other), blobs.Of(other)); err != nil {
			t.Error(err)
		}
		if !bytes.Equal(read(t, s, blobs.Of(other)), other) {
			t.Error("content changed")
		}
	})
}

// A store that is away is said in words, and the centre starts all the same.
func TestTheBucketIsAway(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("a b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := blobs.OpenStore("s3://tongban?endpoint=http://127.0.0.1:1", blobs.Options{KeyFile: key})
	if err != nil {
		t.Fatal(err)
	}
	b := content(10)
	_, err = s.Put(t.Context(), bytes.NewReader(b), blobs.Of(b))
	if errs.KindOf(err) != errs.Unavailable || errs.CodeOf(err) != "blobs.away" || !strings.Contains(errs.MessageOf(err), "文件存储暂时连不上") {
		t.Errorf("got %v", err)
	}
	if s.Ping(t.Context()) == nil {
		t.Error("it says that it is there")
	}
}

func TestWhereIsRefused(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("only-one-word\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for where, file := range map[string]string{
		"ftp://somewhere/else":                        "",
		"s3://bucket":                                 key,
		"s3://bucket?endpoint=gopher://h:1":           key,
		"s3://who:secret@bucket?endpoint=http://h:1":  key,
		"s3://bucket?endpoint=http://127.0.0.1:1":     key,
		"s3://bucket/p?endpoint=http://127.0.0.1:1":   "",
		"s3://bucket/q?endpoint=https://127.0.0.1:1#": filepath.Join(t.TempDir(), "none"),
	} {
		if _, err := blobs.OpenStore(where, blobs.Options{KeyFile: file}); err == nil {
			t.Errorf("%s is taken", where)
		}
	}
}
