package tracing_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"tongban/central/kernel/ids"
	"tongban/central/kernel/tracing"
)

func read(t *testing.T, dir string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "spans.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestOneInTwentyAndEveryError(t *testing.T) {
	dir := t.TempDir()
	tr, err := tracing.New(t.Context(), tracing.Config{Service: "test", File: dir})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2000 {
		_, span := tr.Start(t.Context(), "request")
		if i%100 == 0 {
			span.SetAttributes(attribute.String("q", "身份证510799199001010018"))
			tracing.Failed(span, "internal")
		}
		span.End()
	}
	if err := tr.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	text := read(t, dir)
	if n := strings.Count(text, `"status":"internal"`); n != 20 {
		t.Errorf("%d of 20 errors", n)
	}
	if n := strings.Count(text, "\n"); n < 60 || n > 220 { // 20 and about 100: five times the deviation
		t.Errorf("%d of 2000 spans are kept", n)
	}
	if strings.Contains(text, "19900101") {
		t.Error("a number of a person is in the trace")
	}
}

func TestFileIsBounded(t *testing.T) {
	dir := t.TempDir()
	tr, err := tracing.New(t.Context(), tracing.Config{Service: "test", File: dir, MaxBytes: 20_000, Ratio: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1500 {
		_, span := tr.Start(t.Context(), fmt.Sprintf("span %d", i))
		span.End()
	}
	if err := tr.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if total > 20_000 || total < 5_000 || len(entries) != 2 {
		t.Errorf("%d files with %d bytes", len(entries), total)
	}
	if !strings.Contains(read(t, dir), "span 1499") {
		t.Error("the newest is not there")
	}
}

// A collector gets them; when it is away the file does.
func TestCollectorAndFallback(t *testing.T) {
	var got atomic.Int32
	up := atomic.Bool{}
	up.Store(true)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !up.Load() || r.URL.Path != "/v1/traces" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		got.Add(1)
	}))
	defer collector.Close()
	dir := t.TempDir()
	send := func(name string) {
		t.Helper()
		tr, err := tracing.New(t.Context(), tracing.Config{Service: "test", OTLP: collector.URL + "/v1/traces", File: dir, Ratio: 1})
		if err != nil {
			t.Fatal(err)
		}
		_, span := tr.Start(t.Context(), name)
		span.End()
		if err := tr.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	send("taken")
	up.Store(false)
	send("left")
	if text := read(t, dir); got.Load() != 1 || strings.Contains(text, "taken") || !strings.Contains(text, "left") {
		t.Errorf("collector got %d, file holds %s", got.Load(), text)
	}
}

func TestAnEnvelopeIsItsTrace(t *testing.T) {
	id := ids.New()
	sc := trace.SpanContextFromContext(tracing.Submission(t.Context(), id))
	if sc.TraceID().String() != strings.ReplaceAll(id, "-", "") || !sc.IsValid() || !sc.IsRemote() {
		t.Errorf("%s for %s", sc.TraceID(), id)
	}
	if trace.SpanContextFromContext(tracing.Submission(t.Context(), "x")).IsValid() {
		t.Error("x is a trace")
	}
}
