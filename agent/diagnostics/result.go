package diagnostics

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tongban/agent/clock"
	"tongban/agent/seal"
	profiles "tongban/firmware-profiles"
	"tongban/fleet/wire"
)

// result is how a visit ended.
type result struct {
	code   string // twenty letters, proven by the service key
	text   string // in the QR code: a phone shows it without a network
	faults int
	at     time.Time
}

// Finish makes the result: the code and its QR on the screen, the whole in the outbox, from where it goes to the centre
// when there is a network.
func (d *Desk) Finish(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.visit == nil:
		return ErrClosed
	case d.visit.testing != "":
		return ErrTesting
	}
	d.visit.touched = d.o.Clock.Now()
	if d.visit.result != nil {
		return nil // pressed twice: one result
	}
	return d.finish(ctx)
}

// finish is Finish. Called with mu held.
func (d *Desk) finish(ctx context.Context) error {
	v, now := d.visit, d.o.Clock.Now()
	key, err := d.station.Key()
	if err != nil {
		return err
	}
	out := wire.Diagnosis{
		Pass: v.pass.Nonce, PassAt: v.pass.At, Begun: v.begun.UTC(), At: now.UTC(), Version: d.o.Version, Model: d.o.Model.Model,
		Worst: wire.TroubleNone, Machine: v.machine,
	}
	worst, worstKind := fine, ""
	for _, p := range d.places(v.findings) {
		out.Devices = append(out.Devices, p.report())
		g := p.grade()
		if g == fault {
			out.Faults++
		}
		if g > worst {
			worst, worstKind, out.Worst = g, p.kind, p.trouble()
		}
	}
	if below := belows(v.machine); below > 0 {
		out.Faults++
		if worst < fault {
			worstKind, out.Worst = "", wire.TroubleMachine
		}
	}
	out.Code = wire.Outcome{Nonce: v.pass.Nonce, Faults: out.Faults, Kind: worstKind, What: out.Worst}.Code(key)
	if v.trace != nil {
		v.trace.ear.Stop()
		text, err := v.trace.text()
		if err != nil {
			return err
		}
		if len(text) <= wire.MaxTrace {
			out.Trace = &wire.LineTrace{Kind: string(v.trace.kind), Tape: text}
		}
	}
	if err := d.send(ctx, d.station, wire.KindDiagnosis, out, now); err != nil {
		return err
	}
	v.result = &result{code: out.Code, text: d.leaflet(out, now), faults: out.Faults, at: now}
	return nil
}

// send seals a report into the outbox.
func (d *Desk) send(ctx context.Context, from *Station, kind wire.Kind, out any, now time.Time) error {
	id, err := seal.NewID(now)
	if err != nil {
		return err
	}
	err = d.o.Box.PutReport(ctx, func(seq int64) (wire.Envelope, error) {
		return from.Sealer.Close(seal.Order{ID: id, Lane: wire.LaneReport, Kind: kind, Seq: seq, At: now}, out)
	})
	if err != nil {
		return fmt.Errorf("keep %s: %w", kind, err)
	}
	return nil
}

func belows(checks []wire.MachineCheck) int {
	n := 0
	for _, c := range checks {
		if c.State == checkBelow {
			n++
		}
	}
	return n
}

// leafletLines bounds the QR code, so that an old phone reads it from a hand's breadth.
const leafletLines = 5

// leaflet is the result in words, short enough for a QR code that any phone reads and shows as text.
func (d *Desk) leaflet(out wire.Diagnosis, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "通办终端诊断\n%s %s %s\n", d.station.Terminal, d.station.Label, now.In(clock.Shanghai).Format("2006-01-02 15:04"))
	if out.Faults == 0 {
		b.WriteString("结论：没有要处理的故障\n")
	} else {
		fmt.Fprintf(&b, "结论：%d 项要处理\n", out.Faults)
	}
	n := 0
	for _, p := range d.places(d.visit.findings) {
		if p.grade() != fault {
			continue
		}
		if n++; n > leafletLines {
			continue
		}
		next := steps(p.trouble(), p.kind, "设备线", p.where)
		fmt.Fprintf(&b, "%s：%s。%s\n", profiles.KindName(p.kind), p.trouble().Word(), next[0])
	}
	if n > leafletLines {
		fmt.Fprintf(&b, "另有 %d 台要处理，看终端屏幕或完整结果\n", n-leafletLines)
	}
	if k := belows(out.Machine); k > 0 {
		fmt.Fprintf(&b, "整机：%d 项低于招标指标\n", k)
	}
	b.WriteString("诊断码 " + out.Code)
	return b.String()
}

// Leaflet is the text of the QR code, "" without a result.
func (d *Desk) Leaflet() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.visit == nil || d.visit.result == nil {
		return ""
	}
	return d.visit.result.text
}
