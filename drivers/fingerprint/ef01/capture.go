package ef01

import (
	"context"
	"fmt"

	"tongban/drivers"
	"tongban/drivers/fingerprint/minutiae"
)

// maxTemplate bounds a template; modules of the family send 512 or 768 bytes, some pad to more.
const maxTemplate = 4096

// Capture implements drivers.FingerprintReader.
func (m *Module) Capture(ctx context.Context, picture bool) (drivers.Fingerprint, error) {
	ctx, release, err := m.claim(ctx)
	if err != nil {
		return drivers.Fingerprint{}, err
	}
	defer release()
	if err := m.wait(ctx); err != nil {
		return drivers.Fingerprint{}, err
	}
	start := m.clk.now()
	f := drivers.Fingerprint{DPI: dpi, Form: drivers.FormModule, Quality: -1}
	if picture { // before the features: some modules make them in the memory of the picture
		b, err := m.fetch(ctx, pictureBytes, 0x0A)
		if err != nil {
			return drivers.Fingerprint{}, err
		}
		if len(b) != pictureBytes {
			return drivers.Fingerprint{}, noise(fmt.Sprintf("picture of %d bytes, want %d", len(b), pictureBytes), nil)
		}
		f.Image = unpack(b)
		f.Quality, _ = minutiae.Quality(f.Image)
	}
	if _, err := m.ask(ctx, 0x02, 0x01); err != nil { // features into buffer 1
		return drivers.Fingerprint{}, err
	}
	if f.Template, err = m.fetch(ctx, maxTemplate, 0x08, 0x01); err != nil {
		return drivers.Fingerprint{}, err
	}
	f.ElapsedMS = m.clk.now().Sub(start).Milliseconds()
	return f, nil
}

// wait asks for a picture until a finger lies on the glass.
func (m *Module) wait(ctx context.Context) error {
	for {
		_, err := m.ask(ctx, 0x01)
		if e := drivers.Fault(err); e == nil || e.Reason != drivers.ReasonNoFinger {
			return err
		}
		select {
		case <-ctx.Done():
			if e := drivers.Fault(ctx.Err()); e.Code == drivers.CodeCanceled {
				return e
			}
			return err
		case <-m.clk.after(pollEvery):
		}
	}
}

// fetch asks for data, a second time when they came garbled: the module still has them.
func (m *Module) fetch(ctx context.Context, most int, command ...byte) ([]byte, error) {
	var last error
	for range 2 {
		_, err := m.ask(ctx, command...)
		if err != nil {
			return nil, err
		}
		b, err := m.stream(ctx, most)
		if err == nil {
			return b, nil
		}
		if last = err; drivers.Fault(err).Reason != drivers.ReasonLineNoise {
			return nil, err
		}
	}
	return nil, last
}
