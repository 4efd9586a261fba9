package httpx_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/obs"
)

// A beat tells a console how many listen with it, so that it can spread what it asks after news; who has left is not counted.
func TestABeatSaysHowManyListen(t *testing.T) {
	s, err := httpx.New(httpx.Config{Listen: "127.0.0.1:0", Log: obs.Discard(), Limits: httpx.DefaultLimits(1)})
	if err != nil {
		t.Fatal(err)
	}
	s.Raw("public", "GET", "/feed", auth.Public, func(w http.ResponseWriter, r *http.Request) {
		stream, err := httpx.OpenStream(w, r)
		if err != nil {
			s.Fail(w, r, err)
			return
		}
		for r.Context().Err() == nil && stream.Beat() == nil {
			time.Sleep(10 * time.Millisecond)
		}
	})
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.WithoutCancel(t.Context())) })
	follow := func() (lines *bufio.Reader, hangUp func()) {
		ctx, cancel := context.WithCancel(t.Context())
		r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Addr()+"/api/public/v1/feed", nil)
		res, err := http.DefaultClient.Do(r)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatal(err, res)
		}
		return bufio.NewReader(res.Body), func() { cancel(); _, _ = io.Copy(io.Discard, res.Body); _ = res.Body.Close() }
	}
	_, leave := follow()
	mine, hangUp := follow()
	defer hangUp()
	until := func(want string) {
		t.Helper()
		told := ""
		for end := time.Now().Add(10 * time.Second); told != want; {
			line, err := mine.ReadString('\n')
			if err != nil || time.Now().After(end) {
				t.Fatalf("told %s, want %s: %v", told, want, err)
			}
			if text, ok := strings.CutPrefix(strings.TrimSpace(line), "data: "); ok {
				told = text
			}
		}
	}
	until(`{"listening":2}`)
	leave()
	until(`{"listening":1}`)
}
