package drivertest_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"tongban/deploy/sim/machine"
	"tongban/drivers"
	"tongban/drivers/display/drm"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	"tongban/drivers/speaker/alsa"
	"tongban/drivers/speaker/wav"
)

func newMachine(t *testing.T) *machine.Machine {
	t.Helper()
	m, err := machine.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The contract of sound cards, kept by the ALSA driver against an emulated card and player.
func TestSpeakerContract(t *testing.T) {
	t.Parallel()
	drivertest.Speaker(t, func(t *testing.T) drivertest.SpeakerBench {
		t.Parallel()
		return &simSpeaker{t: t, m: newMachine(t)}
	})
}

type simSpeaker struct {
	t *testing.T
	m *machine.Machine
}

func (s *simSpeaker) Open(ctx context.Context) (drivers.Speaker, error) {
	port, err := hal.Open(ctx, "sound:default?root="+s.m.Root())
	if err != nil {
		return nil, err
	}
	return alsa.Open(port, nil, s.m.Aplay())
}

func (s *simSpeaker) Card(in bool)       { must(s.t, s.m.Card(in)) }
func (s *simSpeaker) Player(mode string) { must(s.t, s.m.Player(mode)) }
func (s *simSpeaker) Played() (int, []byte) {
	b, err := s.m.Played()
	must(s.t, err)
	x, err := wav.Parse(b)
	must(s.t, err)
	return peak(b[len(b)-2*len(x.Samples):])
}

func peak(b []byte) (int, []byte) {
	top := 0
	for i := 0; i+1 < len(b); i += 2 {
		if v := int(int16(binary.LittleEndian.Uint16(b[i:]))); v > top { //nolint:gosec // a sample
			top = v
		}
	}
	return top, b
}

// The same sound through the real aplay of alsa-utils, whose card is a file: what it wrote is what was to be heard.
func TestSpeakerOnAplay(t *testing.T) {
	aplay, err := exec.LookPath("aplay")
	if err != nil {
		t.Skip("aplay is not installed: package alsa-utils")
	}
	m := newMachine(t)
	must(t, m.Card(true))
	raw, conf, wrapper := filepath.Join(t.TempDir(), "out.raw"), filepath.Join(t.TempDir(), "asound.conf"), filepath.Join(t.TempDir(), "aplay")
	must(t, os.WriteFile(conf, fmt.Appendf(nil, "pcm.card { type file file %q format raw slave.pcm { type null } }\n", raw), 0o600))
	must(t, os.WriteFile(wrapper, fmt.Appendf(nil, "#!/bin/sh\nALSA_CONFIG_PATH=%s exec %s \"$@\"\n", conf, aplay), 0o700))
	open := func(name string) *alsa.Speaker {
		port, err := hal.Open(t.Context(), "sound:"+name+"?root="+m.Root())
		must(t, err)
		s, err := alsa.Open(port, drivers.Params{"volume": "100"}, wrapper)
		must(t, err)
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	sound := wav.Compose(wav.Attention)
	must(t, open("card").Play(t.Context(), sound.Encode()))
	b, err := os.ReadFile(raw)
	must(t, err)
	top, _ := peak(b)
	want, _ := peak(sound.Encode()[44:])
	if len(b) < 2*len(sound.Samples) || top != want {
		t.Errorf("%d bytes, peak %d; want %d, %d", len(b), top, 2*len(sound.Samples), want)
	}
	if err := open("nothing").Play(t.Context(), sound.Encode()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeHardwareError {
		t.Errorf("a card that is not configured: %v", err)
	}
}

// The contract of second screens, kept by the DRM driver against an emulated tree of the kernel.
func TestSecondScreenContract(t *testing.T) {
	t.Parallel()
	drivertest.SecondScreen(t, func(t *testing.T) drivertest.DisplayBench {
		t.Parallel()
		m := newMachine(t)
		must(t, m.Connect("HDMI-A-10", nil)) // a name that begins alike
		return &simScreen{t: t, m: m}
	})
}

type simScreen struct {
	t *testing.T
	m *machine.Machine
}

func (s *simScreen) Open(ctx context.Context) (drivers.SecondScreen, error) {
	port, err := hal.Open(ctx, "screen:HDMI-A-1?root="+s.m.Root())
	if err != nil {
		return nil, err
	}
	return drm.Open(ctx, port, nil)
}

func (s *simScreen) Connect(how string) {
	screen := &machine.Screen{Name: "SMPL 21", Serial: "510799-21", WidthMM: 477, HeightMM: 268, Width: 1920, Height: 1080}
	switch how {
	case "broken":
		screen.Broken = true
	case "mute":
		screen.Mute = true
	case "out":
		screen = nil
	}
	must(s.t, s.m.Connect("HDMI-A-1", screen))
}

func (s *simScreen) Dark(dark bool) { must(s.t, s.m.Dark("HDMI-A-1", dark)) }
