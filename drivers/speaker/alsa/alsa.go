// Package alsa plays sounds (语音模块、扬声器) on a sound card of the machine: it looks in the kernel's list whether there is one, and hands each
// sound to aplay as a child process, so that a driver of a sound card that hangs takes nothing of ours with it. Its port carries
// no bytes, only the name of the device: "sound:default", "sound:plughw:1,0".
package alsa

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/turn"
	"tongban/drivers/speaker/wav"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "speaker/alsa"

// Program is what plays, from the package alsa-utils.
const Program = "aplay"

// Driver is the entry for drivers/all.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindSpeaker, Open: func(_ context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
		return Open(port, params, Program)
	}}
}

// clock is the driver's only source of time; tests put their own in.
type clock struct{ now func() time.Time }

var wall = clock{now: time.Now}

// Waits.
const (
	patience = 1500 * time.Millisecond // for a sound to end after its length
	dying    = 200 * time.Millisecond  // for a child that was ended
)

// cards is the kernel's list of sound cards.
const cards = "proc/asound/cards"

// Speaker is one opened sound card.
type Speaker struct {
	port    drivers.Port
	program string
	root    string
	device  string
	clk     clock
	turn    *turn.Turn

	mu     sync.Mutex
	volume int
}

var _ drivers.Speaker = (*Speaker)(nil)

// Open takes over the port; a machine without a sound card is CodeNoDevice. program is what plays: Program, or its peer in tests. The root of the
// machine stands in the address where it is not "/".
//
//	volume: "80"   how loud, 0 to 100
func Open(port drivers.Port, params drivers.Params, program string) (*Speaker, error) {
	s := &Speaker{port: port, program: program, clk: wall, turn: turn.New(), volume: 80}
	err := s.set(port.String(), params)
	if err == nil {
		_, err = s.card()
	}
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Speaker) set(address string, params drivers.Params) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "sound" || u.Opaque == "" || strings.HasPrefix(u.Opaque, "-") {
		return &drivers.Error{Code: drivers.CodeInvalidData, Detail: fmt.Sprintf("address %q is not like sound:default", address)}
	}
	s.device, s.root = u.Opaque, "/"
	if r := u.Query().Get("root"); r != "" {
		s.root = r
	}
	for k, v := range params {
		text, _ := v.(string)
		n, err := strconv.Atoi(text)
		if k != "volume" || err != nil || s.SetVolume(n) != nil {
			return &drivers.Error{Code: drivers.CodeInvalidData, Detail: fmt.Sprintf("setting %s: %v: have volume, 0 to 100", k, v)}
		}
	}
	return nil
}

// card is the first line of the kernel's list.
func (s *Speaker) card() (string, error) {
	b, err := os.ReadFile(filepath.Join(s.root, cards))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", &drivers.Error{Code: drivers.CodeInternalError, Detail: "list sound cards: " + err.Error(), Cause: err}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	_, name, ok := strings.Cut(first, "]:")
	if !ok { // no file without a sound driver in the kernel; "--- no soundcards ---" with one and no card
		return "", &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the machine has no sound card"}
	}
	return strings.TrimSpace(name), nil
}

// Info implements drivers.Device.
func (s *Speaker) Info() drivers.Info {
	i := drivers.Info{Kind: drivers.KindSpeaker, Driver: Name}
	if name, err := s.card(); err == nil {
		i.Model = name
	}
	return i
}

// Close implements drivers.Device.
func (s *Speaker) Close() error {
	if !s.turn.Close() {
		return nil
	}
	return s.port.Close()
}

// Status implements drivers.Device. That somebody hears it no program can tell.
func (s *Speaker) Status(ctx context.Context) (drivers.Status, error) {
	_, release, err := s.turn.Claim(ctx)
	if err != nil {
		return turn.Refused(err, s.clk.now())
	}
	defer release()
	if _, err := s.card(); err != nil {
		return turn.Failed(err, s.clk.now())
	}
	if err := s.installed(); err != nil {
		return turn.Failed(err, s.clk.now())
	}
	return drivers.Status{State: drivers.StateOnline, At: s.clk.now()}, nil
}

// Reset implements drivers.Device: there is nothing to bring back.
func (s *Speaker) Reset(context.Context) error { return nil }

// Volume implements drivers.Speaker.
func (s *Speaker) Volume() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.volume
}

// SetVolume implements drivers.Speaker.
func (s *Speaker) SetVolume(percent int) error {
	if percent < 0 || percent > 100 {
		return &drivers.Error{Code: drivers.CodeInvalidData, Detail: fmt.Sprintf("volume %d, have 0 to 100", percent)}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.volume = percent
	return nil
}

// Play implements drivers.Speaker. The samples are made softer here: the mixer of the machine is everybody's.
func (s *Speaker) Play(ctx context.Context, file []byte) error {
	sound, err := wav.Parse(file)
	if err != nil {
		return &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	ctx, release, err := s.turn.Claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	if _, err := s.card(); err != nil {
		return err
	}
	volume := s.Volume()
	if volume == 0 {
		return nil
	}
	return s.child(ctx, sound.Loudness(volume))
}
