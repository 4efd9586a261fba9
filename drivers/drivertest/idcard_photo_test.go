package drivertest_test

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	simcard "tongban/deploy/sim/idcard"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/hal"
	"tongban/drivers/idcard/sdt"
)

// TestPhotoDecoderProgram is the decoder program of the tests below, in a process of its own.
func TestPhotoDecoderProgram(t *testing.T) {
	if os.Getenv("PHOTO_DECODER") == "" {
		t.Skip("started by TestCardPhoto as a program")
	}
	if err := simcard.Decode(os.Stdin, os.Stdout); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// Whatever the decoder does, the card is read in full and in time, and it is said what became of the photo.
func TestCardPhoto(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		want   drivers.PhotoState
	}{
		"decodes":          {"PHOTO_DECODER=1 exec " + os.Args[0] + " -test.run=^TestPhotoDecoderProgram$", drivers.PhotoDecoded},
		"none":             {"", drivers.PhotoEncoded},
		"not installed":    {"missing", drivers.PhotoNoDecoder},
		"crashes":          {"kill -SEGV $$", drivers.PhotoCrashed},
		"wrong processor":  {"exec /nonexistent/ld.so", drivers.PhotoCrashed},
		"hangs":            {"sleep 30", drivers.PhotoLate},
		"answers nothing":  {"cat >/dev/null", drivers.PhotoGarbage},
		"answers no frame": {"cat", drivers.PhotoGarbage},
		"half a frame":     {`printf '\000\000\001\000BM'`, drivers.PhotoGarbage},
		"endless frame":    {`printf '\377\377\377\377'; cat /dev/zero`, drivers.PhotoGarbage},
		"never stops":      {`printf '\000\000\000\001x'; cat /dev/zero`, drivers.PhotoGarbage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := simtest.Start(t, simtest.IDCard)
			params := drivers.Params{}
			switch c.script {
			case "":
			case "missing":
				params["photo_decoder"] = "/nonexistent/decoder"
			default:
				program := filepath.Join(t.TempDir(), "decoder")
				if err := os.WriteFile(program, []byte("#!/bin/sh\n"+c.script+"\n"), 0o700); err != nil {
					t.Fatal(err)
				}
				params["photo_decoder"] = program
			}
			port, err := hal.Open(t.Context(), "serial:"+b.IDCard)
			if err != nil {
				t.Fatal(err)
			}
			r, err := sdt.Open(t.Context(), port, params)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = r.Close() }()
			b.PutCard("zhou")
			start := time.Now()
			card, err := r.Read(t.Context(), nil)
			if err != nil || card.Name == "" || len(card.PhotoWLT) != 1024 {
				t.Fatalf("read: %v, photo block of %d bytes", err, len(card.PhotoWLT))
			}
			if card.PhotoState != c.want || (len(card.Photo) > 0) != (c.want == drivers.PhotoDecoded) {
				t.Errorf("photo %s of %d bytes, want %s", card.PhotoState, len(card.Photo), c.want)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if c.want == drivers.PhotoDecoded {
				same(t, card)
			}
		})
	}
}

// same holds the picture against what the emulator draws of the same block.
func same(t *testing.T, card drivers.IDCard) {
	t.Helper()
	got, err := png.Decode(bytes.NewReader(card.Photo))
	if err != nil {
		t.Fatal(err)
	}
	want := simcard.Draw(card.PhotoWLT)
	if got.Bounds() != want.Bounds() {
		t.Fatalf("%v, want %v", got.Bounds(), want.Bounds())
	}
	for y := range want.Bounds().Dy() {
		for x := range want.Bounds().Dx() {
			if a, b := fmt.Sprint(got.At(x, y).RGBA()), fmt.Sprint(want.At(x, y).RGBA()); a != b {
				t.Fatalf("point %d,%d: %s, want %s", x, y, a, b)
			}
		}
	}
}
