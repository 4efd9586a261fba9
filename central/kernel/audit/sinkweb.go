package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/outbound"
)

// webSink is a receiver on another machine: POST adds one checkpoint, GET
// returns all of them, one a line. A name and a password in the URL are sent
// as basic authentication.
type webSink struct {
	said     string // the place, without the password
	to       *outbound.Client
	user     string
	password string
}

// openWeb makes the sink. The receiver stands in our own network: private
// addresses, and plain HTTP, are allowed.
func openWeb(u *url.URL) (Sink, error) {
	w := &webSink{said: u.Redacted()}
	if u.User != nil {
		w.user = u.User.Username()
		w.password, _ = u.User.Password()
	}
	bare := *u
	bare.User = nil
	var err error
	w.to, err = outbound.New(outbound.Target{URL: bare.String(), Internal: true, Timeout: 30 * time.Second, MaxBytes: 1 << 30})
	if err != nil {
		return nil, fmt.Errorf("audit: place of checkpoints: %w", err)
	}
	return w, nil
}

func (w *webSink) String() string { return w.said }

// tries is how often one shipment is tried before the job comes again a minute
// later.
const tries = 3

func (w *webSink) Ship(ctx context.Context, c Checkpoint) error {
	line, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode checkpoint: %w", err)
	}
	for try := 1; ; try++ {
		err = w.post(ctx, line)
		if err == nil || errors.Is(err, errTaken) || try == tries || ctx.Err() != nil {
			return err
		}
		if err := clock.Sleep(ctx, clock.System(), time.Duration(try)*300*time.Millisecond); err != nil {
			return err
		}
	}
}

func (w *webSink) post(ctx context.Context, line []byte) error {
	_, err := w.call(ctx, http.MethodPost, bytes.NewReader(line))
	return err
}

func (w *webSink) Load(ctx context.Context) ([]Checkpoint, error) {
	body, err := w.call(ctx, http.MethodGet, nil)
	if err != nil {
		return nil, err
	}
	return readLines(bytes.NewReader(body))
}

func (w *webSink) call(ctx context.Context, method string, body io.Reader) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, w.to.Base().String(), body)
	if err != nil {
		return nil, fmt.Errorf("make request to %s: %w", w, err)
	}
	r.Header.Set("Content-Type", "application/json")
	if w.user != "" {
		r.SetBasicAuth(w.user, w.password)
	}
	res, err := w.to.Do(r)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", w, err)
	}
	defer func() { _ = res.Body.Close() }()
	switch {
	case res.StatusCode == http.StatusConflict:
		return nil, errTaken
	case res.StatusCode >= http.StatusMultipleChoices:
		return nil, fmt.Errorf("call %s: status %d", w, res.StatusCode)
	}
	return io.ReadAll(res.Body)
}

// Receiver is the other end: it keeps checkpoints in a file of its own machine.
// It adds only, and never under a number that is taken.
func Receiver(file string) http.Handler {
	sink := fileSink{fileOf(file)}
	mux := http.NewServeMux()
	turn := make(chan struct{}, 1)
	mux.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		turn <- struct{}{}
		defer func() { <-turn }()
		var c Checkpoint
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&c); err != nil || c.N < 1 {
			http.Error(w, "no checkpoint", http.StatusBadRequest)
			return
		}
		switch err := sink.Ship(r.Context(), c); {
		case errors.Is(err, errTaken):
			http.Error(w, "taken", http.StatusConflict)
		case err != nil:
			http.Error(w, "not kept", http.StatusInternalServerError)
		default:
			w.WriteHeader(http.StatusCreated)
		}
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		f, err := os.Open(sink.path)
		if err != nil {
			return // nothing was shipped yet
		}
		defer func() { _ = f.Close() }()
		w.Header().Set("Content-Type", "application/x-ndjson")
		_, _ = io.Copy(w, f)
	})
	return mux
}
