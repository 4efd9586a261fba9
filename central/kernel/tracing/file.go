package tracing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"

	"tongban/central/kernel/obs"
)

// exporter sends to the collector, and to the file what the collector does not take.
type exporter struct {
	remote sdk.SpanExporter
	file   *file
	log    *slog.Logger
}

// ExportSpans implements sdk.SpanExporter.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if e.remote != nil {
		err := e.remote.ExportSpans(ctx, spans)
		if err == nil || e.file == nil {
			return err
		}
		if e.log != nil {
			e.log.DebugContext(ctx, "trace collector is away", "cause", err.Error())
		}
	}
	return e.file.write(spans)
}

// Shutdown implements sdk.SpanExporter.
func (e *exporter) Shutdown(ctx context.Context) error {
	var err error
	if e.remote != nil {
		err = e.remote.Shutdown(ctx)
	}
	if e.file != nil {
		err = errors.Join(err, e.file.close())
	}
	return err
}

// Names of the two halves of the bounded file.
const (
	fileNow    = "spans.jsonl"
	fileBefore = "spans.1.jsonl"
)

// file is a ring of two halves: when the present one is full, it takes the place of the one before.
type file struct {
	mu   sync.Mutex
	dir  string
	half int64
	f    *os.File
	size int64
}

func openFile(dir string, most int64) (*file, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open trace file: %w", err)
	}
	w := &file{dir: dir, half: most / 2}
	return w, w.open()
}

func (w *file) open() error {
	f, err := os.OpenFile(filepath.Join(w.dir, fileNow), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open trace file: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(fmt.Errorf("open trace file: %w", err), f.Close())
	}
	w.f, w.size = f, info.Size()
	return nil
}

// line is one span as it stands in the file.
type line struct {
	Trace  string            `json:"trace_id"`
	Span   string            `json:"span_id"`
	Parent string            `json:"parent_id,omitempty"`
	Name   string            `json:"name"`
	Start  time.Time         `json:"start"`
	MS     float64           `json:"ms"`
	Status string            `json:"status,omitempty"`
	Attrs  map[string]string `json:"attrs,omitempty"`
}

func (w *file) write(spans []sdk.ReadOnlySpan) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range spans {
		l := line{
			Trace: s.SpanContext().TraceID().String(), Span: s.SpanContext().SpanID().String(), Name: obs.RedactText(s.Name()),
			Start: s.StartTime().UTC(), MS: float64(s.EndTime().Sub(s.StartTime()).Microseconds()) / 1000, Status: s.Status().Description, Attrs: map[string]string{},
		}
		if s.Parent().IsValid() {
			l.Parent = s.Parent().SpanID().String()
		}
		for _, a := range s.Attributes() {
			l.Attrs[string(a.Key)] = obs.RedactText(a.Value.String())
		}
		text, err := json.Marshal(l)
		if err != nil {
			return fmt.Errorf("encode span: %w", err)
		}
		if w.size+int64(len(text))+1 > w.half {
			if err := w.turn(); err != nil {
				return err
			}
		}
		n, err := w.f.Write(append(text, '\n'))
		w.size += int64(n)
		if err != nil {
			return fmt.Errorf("write span: %w", err)
		}
	}
	return nil
}

func (w *file) turn() error {
	if err := w.f.Close(); err != nil {
		return fmt.Errorf("turn trace file: %w", err)
	}
	if err := os.Rename(filepath.Join(w.dir, fileNow), filepath.Join(w.dir, fileBefore)); err != nil {
		return fmt.Errorf("turn trace file: %w", err)
	}
	return w.open()
}

func (w *file) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.f.Close()
}
