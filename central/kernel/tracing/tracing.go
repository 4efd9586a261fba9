// Package tracing records what a request or a submission went through (链路追踪): OpenTelemetry spans, W3C traceparent from
// hop to hop, sent to a collector by OTLP over HTTP or kept in a file of bounded size.
//
// A span names routes, kinds and outcomes; it never holds a value that somebody typed. One trace in twenty is kept, and
// every span that ended in an error.
package tracing

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Config says where spans go.
type Config struct {
	Service  string  // tongban-central
	Version  string  //
	OTLP     string  // http(s)://collector:4318; none when empty
	File     string  // folder of the bounded file; what a collector does not take goes there too; none when empty
	MaxBytes int64   // of that folder; 50 MB when 0
	Ratio    float64 // share of traces that is kept; 0.05 when 0
	Log      *slog.Logger
}

// Tracing is the running recorder.
type Tracing struct {
	trace.Tracer
	provider *sdk.TracerProvider
}

// Off records nothing.
func Off() *Tracing { return &Tracing{Tracer: noop.NewTracerProvider().Tracer("tongban")} }

// New starts a recorder; without OTLP and File it is Off.
func New(ctx context.Context, c Config) (*Tracing, error) {
	if c.OTLP == "" && c.File == "" {
		return Off(), nil
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = 50 << 20
	}
	if c.Ratio == 0 {
		c.Ratio = 0.05
	}
	out := exporter{log: c.Log}
	if c.File != "" {
		f, err := openFile(c.File, c.MaxBytes)
		if err != nil {
			return nil, err
		}
		out.file = f
	}
	if c.OTLP != "" {
		remote, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(c.OTLP), otlptracehttp.WithTimeout(5*time.Second),
			otlptracehttp.WithRetry(otlptracehttp.RetryConfig{Enabled: false})) // what is not taken goes to the file
		if err != nil {
			return nil, fmt.Errorf("open trace collector: %w", err)
		}
		out.remote = remote
	}
	keep := &sieve{SpanProcessor: sdk.NewBatchSpanProcessor(&out, sdk.WithBatchTimeout(2*time.Second)), share: uint64(c.Ratio * (1 << 63))}
	p := sdk.NewTracerProvider(
		sdk.WithSampler(sdk.AlwaysSample()), // the sieve decides at the end, when it is known how it ended
		sdk.WithSpanProcessor(keep),
		sdk.WithResource(resource.NewSchemaless(attribute.String("service.name", c.Service), attribute.String("service.version", c.Version))),
	)
	return &Tracing{Tracer: p.Tracer("tongban"), provider: p}, nil
}

// Stop sends what is still held.
func (t *Tracing) Stop(ctx context.Context) error {
	if t.provider == nil {
		return nil
	}
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("stop tracing: %w", err)
	}
	return nil
}

// sieve lets pass one trace of many, by its id, so that every hop decides alike; and whatever ended in an error.
type sieve struct {
	sdk.SpanProcessor
	share uint64
}

// OnEnd implements sdk.SpanProcessor.
func (s *sieve) OnEnd(span sdk.ReadOnlySpan) {
	id := span.SpanContext().TraceID()
	if span.Status().Code == codes.Error || binary.BigEndian.Uint64(id[8:])>>1 < s.share {
		s.SpanProcessor.OnEnd(span)
	}
}

// Submission returns ctx as part of the trace of an envelope: its trace id is the envelope's id (a UUID), so that terminal,
// gate and window name the same trace without telling each other. An id that is no UUID leaves ctx as it is.
func Submission(ctx context.Context, envelope string) context.Context {
	id, err := trace.TraceIDFromHex(dashless(envelope))
	if err != nil {
		return ctx
	}
	parent := trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: trace.SpanID(id[8:]), TraceFlags: trace.FlagsSampled, Remote: true})
	return trace.ContextWithRemoteSpanContext(ctx, parent)
}

func dashless(s string) string {
	b := make([]byte, 0, 32)
	for i := range len(s) {
		if s[i] != '-' {
			b = append(b, s[i])
		}
	}
	return string(b)
}

// Failed marks a span as ended in an error; code is one of ours, never a text with values in it.
func Failed(span trace.Span, code string) { span.SetStatus(codes.Error, code) }
