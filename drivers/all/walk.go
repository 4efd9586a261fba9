package all

import (
	"context"
	"fmt"
	"sync"

	"tongban/drivers"
)

// Walk is the round that every tape of a profile holds: open the device, ask how it is, let it do once what it is there
// for, close it. A printer prints nothing, because a slip is somebody's and its bytes differ from run to run; a page printer
// tells its supplies, no finger is ever taken, and no chip of a passport opened. What came of it is an IDCard, a Barcode, a Zone,
// a Frame, a Snapshot, Ink, the lights or the Status.
func Walk(ctx context.Context, d drivers.Driver, port drivers.Port, params drivers.Params) (drivers.Device, any, error) {
	dev, err := d.Open(ctx, port, params)
	if err != nil {
		return nil, nil, err
	}
	got, err := once(ctx, dev)
	if cerr := dev.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("close device: %w", cerr)
	}
	return dev, got, err
}

func once(ctx context.Context, dev drivers.Device) (any, error) {
	s, err := dev.Status(ctx)
	if err != nil {
		return nil, err
	}
	switch x := dev.(type) {
	case drivers.IDCardReader:
		return x.Read(ctx, nil)
	case drivers.BarcodeReader:
		return x.Read(ctx)
	case drivers.ZoneReader:
		return x.Read(ctx)
	case drivers.DocumentCamera:
		return x.Preview(ctx)
	case drivers.SignaturePad:
		return stroke(ctx, x)
	case drivers.LightBar:
		return blink(ctx, x)
	case drivers.PageScanner:
		return x.Capture(ctx)
	case drivers.SurveillanceCamera:
		return x.Still(ctx)
	case drivers.FaceCamera:
		got, err := x.Snapshot(ctx)
		if err != nil {
			return nil, err
		}
		return got[len(got)-1], nil
	case drivers.LaserPrinter:
		if _, err := x.Supplies(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// stroke takes what is written until the pen leaves the pad.
func stroke(ctx context.Context, p drivers.SignaturePad) (drivers.Ink, error) {
	done := make(chan struct{})
	var once sync.Once
	return p.Write(ctx, done, func(_ drivers.InkPoint, s drivers.PenStep) {
		if s == drivers.PenUp {
			once.Do(func() { close(done) })
		}
	})
}

// blink turns the first light on and off.
func blink(ctx context.Context, l drivers.LightBar) (map[string]bool, error) {
	first := l.Lights()[0]
	for _, on := range []bool{true, false} {
		if err := l.Switch(ctx, first, on); err != nil {
			return nil, err
		}
	}
	return l.Lit(ctx)
}
