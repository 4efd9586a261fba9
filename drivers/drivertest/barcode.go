package drivertest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tongban/drivers"
)

// BarcodeBench is a code reader with a hand before it. Codes are those of the emulator (slip, utf8, gb18030, lines, ean13,
// code128, gs1, big, none), faults those of its board (silent, garbage, half, split, no-aim, cut).
type BarcodeBench interface {
	Open(ctx context.Context) (drivers.BarcodeReader, error)
	Hold(code string)
	Press(fault string, value int)
	Once(fault string, value int)
	Release(fault string)
}

// Typed is a bench whose reader plays a keyboard: it types GBK, and no other writing of Chinese.
type Typed interface{ Typed() }

// BarcodeReader is the contract that every driver of a code reader keeps. start makes a fresh bench for each case.
func BarcodeReader(t *testing.T, start func(t *testing.T) BarcodeBench) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*barcodeDesk)
	}{
		{"codes", barcodeCodes}, {"nothing", barcodeNothing}, {"old code", barcodeOld}, {"one at a time", barcodeOneAtATime},
		{"close", barcodeClose}, {"cancel", barcodeCancel}, {"fault/split", barcodeSplit},
		{"fault/garbage", barcodeNoise("garbage")}, {"fault/half", barcodeNoise("half")}, {"fault/no identifier", barcodeNoise("no-aim")},
		{"fault/silent", barcodeSilent}, {"fault/unplugged", barcodeUnplugged},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &barcodeDesk{BarcodeBench: start(t), t: t}
			var err error
			if d.r, err = d.Open(t.Context()); err != nil {
				t.Fatalf("open: %v", err)
			}
			t.Cleanup(func() { _ = d.r.Close() })
			c.run(d)
		})
	}
}

type barcodeDesk struct {
	BarcodeBench
	t *testing.T
	r drivers.BarcodeReader
}

// show holds a code before the reader while it reads.
func (d *barcodeDesk) show(code string, limit time.Duration) (drivers.Barcode, time.Duration, error) {
	d.t.Helper()
	d.Hold("none")
	ctx, cancel := context.WithTimeout(d.t.Context(), limit)
	defer cancel()
	at := make(chan time.Time, 1)
	time.AfterFunc(150*time.Millisecond, func() { d.Hold(code); at <- time.Now() })
	b, err := d.r.Read(ctx)
	return b, time.Since(<-at), err
}

func (d *barcodeDesk) mustRead(code string) drivers.Barcode {
	d.t.Helper()
	b, late, err := d.show(code, 5*time.Second)
	if err != nil {
		d.t.Fatalf("%s: %v", code, err)
	}
	if late > time.Second {
		d.t.Errorf("%s: read after %v", code, late)
	}
	return b
}

func barcodeCodes(d *barcodeDesk) {
	if s, err := d.r.Status(d.t.Context()); err != nil || !s.Ready() || s.At.IsZero() {
		d.t.Errorf("status %+v %v", s, err)
	}
	for code, want := range map[string]drivers.Barcode{
		"slip":    {Symbology: "qr", Text: "https://zwfw.example.cn/p/7Q2M-9XKD-4H1T", Encoding: "ascii"},
		"utf8":    {Symbology: "qr", Text: "办件编号 样民 2026 1124 0037 6", Encoding: "utf-8"},
		"gb18030": {Symbology: "qr", Text: "办件编号 样民 2026", Encoding: "gb18030"},
		"lines":   {Symbology: "qr", Text: "第一行\r\n第二行\r\n第三行", Encoding: "utf-8"},
		"ean13":   {Symbology: "ean13", Text: "6901234567892", Encoding: "ascii"},
		"code128": {Symbology: "code128", Text: "TB-2026-0037", Encoding: "ascii"},
		"gs1":     {Symbology: "gs1-128", Text: "0106901234567892\x1d10ABC123", Encoding: "ascii"},
		"big":     {Symbology: "qr", Text: strings.Repeat("0123456789", 280), Encoding: "ascii"},
	} {
		if _, typed := d.BarcodeBench.(Typed); typed && want.Encoding == "utf-8" {
			continue
		}
		got := d.mustRead(code)
		if got.Symbology != want.Symbology || got.Text != want.Text || got.Encoding != want.Encoding || len(got.Bytes) == 0 {
			d.t.Errorf("%s: %+v", code, got)
		}
	}
	if i := d.r.Info(); i.Kind != drivers.KindBarcode || i.Driver == "" {
		d.t.Errorf("info %+v", i)
	}
}

func barcodeNothing(d *barcodeDesk) {
	ctx, cancel := context.WithTimeout(d.t.Context(), 400*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := d.r.Read(ctx)
	if f := drivers.Fault(err); f == nil || f.Reason != drivers.ReasonNoCode || time.Since(start) > time.Second {
		d.t.Errorf("%v after %v", err, time.Since(start))
	}
	d.mustRead("slip")
}

// barcodeOld: what the last citizen held before the reader is not given to the next one.
func barcodeOld(d *barcodeDesk) {
	d.Hold("code128")
	time.Sleep(150 * time.Millisecond)
	d.Hold("none")
	if got := d.mustRead("slip"); got.Symbology != "qr" {
		d.t.Errorf("%+v", got)
	}
}

func barcodeOneAtATime(d *barcodeDesk) {
	ctx, cancel := context.WithTimeout(d.t.Context(), 500*time.Millisecond)
	defer cancel()
	done := make(chan struct{})
	go func() { defer close(done); _, _ = d.r.Read(ctx) }()
	time.Sleep(100 * time.Millisecond)
	if _, err := d.r.Read(d.t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		d.t.Errorf("second read: %v", err)
	}
	if s, err := d.r.Status(d.t.Context()); err != nil || s.State != drivers.StateBusy {
		d.t.Errorf("status %+v %v", s, err)
	}
	<-done
}

func barcodeClose(d *barcodeDesk) {
	done := make(chan error, 1)
	go func() { _, err := d.r.Read(d.t.Context()); done <- err }()
	time.Sleep(100 * time.Millisecond)
	start := time.Now()
	if err := errors.Join(d.r.Close(), d.r.Close()); err != nil {
		d.t.Errorf("close: %v", err)
	}
	if err := <-done; err == nil || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("read ended with %v after %v", err, time.Since(start))
	}
	if _, err := d.r.Status(d.t.Context()); err == nil {
		d.t.Error("a closed reader has a status")
	}
}

func barcodeCancel(d *barcodeDesk) {
	ctx, cancel := context.WithCancel(d.t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	_, err := d.r.Read(ctx)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeCanceled || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("cancelled: %v after %v", err, time.Since(start))
	}
	d.mustRead("slip")
}

// barcodeSplit: a code that comes in two pieces is one code.
func barcodeSplit(d *barcodeDesk) {
	d.Press("split", 250)
	if got := d.mustRead("slip"); !strings.HasSuffix(got.Text, "4H1T") {
		d.t.Errorf("%+v", got)
	}
}

func barcodeNoise(fault string) func(*barcodeDesk) {
	return func(d *barcodeDesk) {
		d.Once(fault, 0)
		_, late, err := d.show("slip", 5*time.Second)
		if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeLineError || f.Reason != drivers.ReasonLineNoise {
			d.t.Errorf("%v", err)
		}
		told(d.t, d.r, late, toldLimit)
		d.mustRead("slip")
	}
}

func barcodeSilent(d *barcodeDesk) {
	d.Press("silent", 0)
	if _, _, err := d.show("slip", 600*time.Millisecond); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonNoCode {
		d.t.Errorf("%v", err)
	}
	d.Release("silent")
	d.mustRead("slip")
}

func barcodeUnplugged(d *barcodeDesk) {
	cause := make(chan time.Time, 1)
	time.AfterFunc(150*time.Millisecond, func() { d.Press("cut", 0); cause <- time.Now() })
	_, err := d.r.Read(d.t.Context())
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || f.Reason != drivers.ReasonUnplugged {
		d.t.Errorf("read: %v", err)
	}
	told(d.t, d.r, time.Since(<-cause), toldLimit)
	if s, err := d.r.Status(d.t.Context()); err == nil || s.State != drivers.StateNoDevice {
		d.t.Errorf("status %+v %v", s, err)
	}
	d.Release("cut")
	plugged := time.Now()
	for range 30 {
		if s, err := d.r.Status(d.t.Context()); err == nil && s.Ready() {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	d.mustRead("slip")
	back(d.t, d.r, plugged)
}
