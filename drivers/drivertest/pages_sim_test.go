package drivertest_test

import (
	"context"
	"testing"

	"tongban/deploy/sim/sanetest"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	"tongban/drivers/scanner/sane"
)

// The contract of scanners, kept by the SANE driver with SANE's own program, library and test backend.
func TestPagesContractSANE(t *testing.T) {
	t.Parallel() // its cases one after the other: they share the scanner's name
	drivertest.PageScanner(t, func(t *testing.T) drivertest.PagesBench { return &saneBench{sanetest.Backend(t)} })
}

type saneBench struct{ *sanetest.Scanner }

func (b *saneBench) Open(ctx context.Context) (drivers.PageScanner, error) {
	port, err := hal.Sockets{Sane: b.Program}.Open(ctx, "sane:"+sanetest.Device)
	if err != nil {
		return nil, err
	}
	return sane.Open(ctx, port, drivers.Params{"dpi": 150, "width": 200, "height": 200, "glass": "Flatbed", "feeder": "Automatic Document Feeder", "seconds": 3,
		"model": "SANE test", "options": map[string]any{"test-picture": "Grid"}})
}

func (b *saneBench) Sheets() int { return 10 }

func (b *saneBench) Fault(name string) {
	word := map[string]string{"jam": "SANE_STATUS_JAMMED", "cover": "SANE_STATUS_COVER_OPEN", "empty": "SANE_STATUS_NO_DOCS", "busy": "SANE_STATUS_DEVICE_BUSY",
		"line": "SANE_STATUS_IO_ERROR", "denied": "SANE_STATUS_ACCESS_DENIED"}[name]
	if word == "" {
		word = name
	}
	b.Scanner.Fault(word)
}
