package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"tongban/drivers"
	"tongban/drivers/all"
	"tongban/drivers/hal/tape"
)

// record makes the tape of a profile: one round with the device, without personal data.
func (t *tool) record(args []string) error {
	o := newOptions("tape record").device(20 * time.Second)
	out := o.set.String("out", "", "where the tape goes")
	note := o.set.String("note", "", "a remark, such as model and firmware")
	if err := o.parse(args); err != nil {
		return err
	}
	if *out == "" {
		return usagef("--out is missing")
	}
	ctx, cancel := context.WithTimeout(t.ctx, o.timeout)
	defer cancel()
	d, port, err := o.connect(ctx)
	if err != nil {
		return err
	}
	redact, err := redactor(d)
	if err != nil {
		_ = port.Close()
		return err
	}
	head := map[string]string{"driver": d.Name}
	if *note != "" {
		head["note"] = *note
	}
	rec, err := tape.Record(port, redact, head)
	if err != nil {
		_ = port.Close()
		return fmt.Errorf("record: %w", err)
	}
	if d.Kind == drivers.KindIDCard && !t.json {
		_, _ = fmt.Fprintln(t.note, "请把身份证放到读卡器上；录制带里只留样例人，不留持证人")
	}
	if d.Kind == drivers.KindSignature && !t.json {
		_, _ = fmt.Fprintln(t.note, "请在签名板上随便画一笔；录制带里只留笔有没有碰到板，不留画了什么")
	}
	if _, _, err := all.Walk(ctx, d, rec, o.params.Params); err != nil {
		return err
	}
	x := rec.Tape()
	if err := save(*out, x); err != nil {
		return err
	}
	return t.print1(map[string]any{"tape": *out, "pieces": len(x.Pieces)})
}

// redactor is the driver's. A round with a printer, a camera, a board with relays, a passport reader, which opens no document, or a
// fingerprint module, of which no finger is taken, passes nothing personal that the recorder does not blank
// itself; any other driver must say what on its line is personal, or it is not recorded.
func redactor(d drivers.Driver) (drivers.Redactor, error) {
	switch {
	case d.Redact != nil:
		return d.Redact(), nil
	case slices.Contains([]drivers.Kind{drivers.KindReceipt, drivers.KindScanner, drivers.KindLaser, drivers.KindFinger, drivers.KindLight, drivers.KindDoor, drivers.KindPassport}, d.Kind):
		return nil, nil
	}
	return nil, &drivers.Error{Code: drivers.CodeInternalError, Detail: "driver " + d.Name + " does not say what on its line is personal"}
}

func save(path string, x *tape.Tape) error {
	f, err := os.Create(path) //nolint:gosec // the file that the technician named
	if err != nil {
		return &drivers.Error{Code: drivers.CodeInvalidData, Detail: "make tape: " + err.Error(), Cause: err}
	}
	if _, err := x.WriteTo(f); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close tape: %w", err)
	}
	return nil
}

// replay plays a driver through a tape; a byte that differs or is left over fails.
func (t *tool) replay(args []string) error {
	o := newOptions("tape replay").device(20 * time.Second)
	if err := o.parse(args); err != nil {
		return err
	}
	if len(o.rest) != 1 {
		return usagef("tape replay takes one file")
	}
	raw, err := os.Open(o.rest[0])
	if err != nil {
		return &drivers.Error{Code: drivers.CodeInvalidData, Detail: "open tape: " + err.Error(), Cause: err}
	}
	defer func() { _ = raw.Close() }()
	x, err := tape.Parse(raw)
	if err != nil {
		return &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	if o.driver == "" {
		o.driver = x.Head["driver"]
	}
	d, err := o.choose()
	if err != nil {
		return err
	}
	deck, err := tape.Play(x)
	if err != nil {
		return fmt.Errorf("play tape: %w", err)
	}
	ctx, cancel := context.WithTimeout(t.ctx, o.timeout)
	defer cancel()
	_, got, err := all.Walk(ctx, d, deck, o.params.Params)
	if derr := deck.Err(); derr != nil {
		return &drivers.Error{Code: drivers.CodeInvalidData, Reason: drivers.ReasonProtocol, Detail: derr.Error(), Cause: err}
	}
	if err != nil {
		return err
	}
	if f, ok := got.(drivers.Frame); ok {
		got = captured{Width: f.Width, Height: f.Height, Bytes: len(f.JPEG)}
	}
	return t.print1(map[string]any{"driver": d.Name, "result": got})
}
