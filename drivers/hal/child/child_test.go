package child

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"testing"
	"time"
)

func all(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err }

func TestRun(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the programs of this test are those of Linux")
	}
	bad := errors.New("not liked")
	for name, c := range map[string]struct {
		p     Program
		in    string
		take  func(io.Reader) error
		limit time.Duration
		want  error
		said  string
	}{
		"answers":          {p: Program{Path: "cat"}, in: "a page", take: func(r io.Reader) error { return same(r, "a page") }},
		"missing":          {p: Program{Path: "/nonexistent/decoder"}, take: all, want: ErrMissing},
		"fails":            {p: Program{Path: "sh", Args: []string{"-c", "echo broken >&2; exit 3"}}, take: all, want: ErrEnded, said: "broken"},
		"crashes":          {p: Program{Path: "sh", Args: []string{"-c", "kill -SEGV $$"}}, take: func(r io.Reader) error { return same(r, "x") }, want: ErrEnded},
		"is not liked":     {p: Program{Path: "cat"}, in: "x", take: func(io.Reader) error { return bad }, want: bad},
		"hangs":            {p: Program{Path: "sleep", Args: []string{"60"}}, take: all, limit: 200 * time.Millisecond, want: context.DeadlineExceeded},
		"its child hangs":  {p: Program{Path: "sh", Args: []string{"-c", "sleep 60; true"}}, take: all, limit: 200 * time.Millisecond, want: context.DeadlineExceeded},
		"runs wild":        {p: Program{Path: "sh", Args: []string{"-c", "while true; do :; done"}, CPU: 1}, take: all, want: ErrEnded},
		"eats memory":      {p: Program{Path: "sh", Args: []string{"-c", "read x; head -c 300000000 /dev/zero | tail -c 299999999 >/dev/null && echo ok; exit 0"}, Memory: 100 << 20}, in: "go\n", take: func(r io.Reader) error { return same(r, "") }},
		"sees no settings": {p: Program{Path: "sh", Args: []string{"-c", "echo \"$TONGBAN_SECRET\""}}, take: func(r io.Reader) error { return same(r, "\n") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TONGBAN_SECRET", "key")
			ctx := t.Context()
			if c.limit > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, c.limit)
				defer cancel()
			}
			start := time.Now()
			said, err := c.p.Run(ctx, []byte(c.in), c.take)
			if !errors.Is(err, c.want) || (c.want == nil) != (err == nil) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if said != c.said && c.said != "" {
				t.Errorf("said %q", said)
			}
			if took := time.Since(start); c.limit > 0 && took > 10*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func same(r io.Reader, want string) error {
	b, err := io.ReadAll(r)
	if err == nil && !bytes.Equal(b, []byte(want)) {
		err = errors.New("other bytes: " + string(b))
	}
	return err
}
