package alsa

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"

	"tongban/drivers"
	"tongban/drivers/speaker/wav"
)

// installed reports whether there is something that plays.
func (s *Speaker) installed() error {
	if _, err := exec.LookPath(s.program); err != nil {
		return &drivers.Error{Code: drivers.CodeHardwareError, Detail: "aplay is not installed: package alsa-utils", Cause: err}
	}
	return nil
}

// child plays one sound, and ends with it.
func (s *Speaker) child(ctx context.Context, sound wav.Sound) error {
	if err := s.installed(); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, sound.Length()+patience)
	defer cancel()
	said := &lastWords{}
	c := exec.CommandContext(limited, s.program, "-q", "-D", s.device, "-") //nolint:gosec // a program of ours and a name of the configuration
	c.Stdin, c.Stderr, c.WaitDelay = bytes.NewReader(sound.Encode()), said, dying
	err := c.Run()
	switch {
	case err == nil:
		return nil
	case s.turn.Ended():
		return &drivers.Error{Code: drivers.CodeCanceled, Detail: "closed", Cause: err}
	case ctx.Err() != nil:
		return drivers.Fault(ctx.Err())
	}
	if _, gone := s.card(); gone != nil {
		return gone
	}
	if errors.Is(limited.Err(), context.DeadlineExceeded) {
		return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "the sound card takes nothing", Cause: err}
	}
	if strings.Contains(said.String(), "busy") {
		return &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: "another program has the sound card", Cause: err}
	}
	return &drivers.Error{Code: drivers.CodeHardwareError, Detail: "sound was not played: " + said.String(), Cause: err}
}

// lastWords keeps the end of what a child says when it fails.
type lastWords struct{ b []byte }

const enough = 300

func (l *lastWords) Write(p []byte) (int, error) {
	l.b = append(l.b, p...)
	l.b = l.b[max(0, len(l.b)-enough):]
	return len(p), nil
}

func (l *lastWords) String() string {
	text := strings.TrimSpace(string(l.b))
	return text[strings.LastIndex(text, "\n")+1:]
}
