package devices_test

import (
	"os"
	"path/filepath"
	"testing"

	"tongban/agent/devices"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
)

// The decoder that the site names reaches the reader of its terminal, and a reader without one says that it has none.
func TestPhotoDecoderOfTheSite(t *testing.T) {
	b := simtest.Start(t, simtest.IDCard)
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	model, err := set.Terminal("kiosk-21")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "decoder")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	b.PutCard("zhou")
	for name, want := range map[string]drivers.PhotoState{"": drivers.PhotoEncoded, program: drivers.PhotoCrashed} {
		slots, err := devices.Slots(set, model, map[string]string{"idcard": "serial:" + b.IDCard}, devices.PhotoDecoder(name))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range slots {
			if s.Kind != drivers.KindIDCard {
				continue
			}
			d, err := s.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			b.TakeCard()
			b.PutCard("zhou")
			card, err := d.(drivers.IDCardReader).Read(t.Context(), nil)
			if err != nil || card.PhotoState != want {
				t.Errorf("decoder %q: photo %s, want %s, %v", name, card.PhotoState, want, err)
			}
			_ = d.Close()
		}
	}
}
