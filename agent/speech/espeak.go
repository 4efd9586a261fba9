package speech

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Espeak is the engine eSpeak NG as a child process (Debian package espeak-ng). It is a formant synthesiser: clear, small, without a network,
// and it sounds like a machine; see the decision record for what else was looked at.
type Espeak struct {
	Program string // path or name
}

var _ Engine = Espeak{}

// mandarin is not the voice "cmn": that one of release 1.51 takes the pinyin that its own dictionary gives for English words and spells it.
const mandarin = "cmn-latn-pinyin"

// Words a minute. The usual rate of the engine, 175, is too fast for a hall.
const (
	usualPace = 160
	slowPace  = 120
)

// Bounds of one run.
const (
	synthLimit = 8 * time.Second
	synthDying = 200 * time.Millisecond
)

// Ready implements Engine.
func (e Espeak) Ready() error {
	if _, err := exec.LookPath(e.Program); err != nil {
		return fmt.Errorf("speech engine is not installed: package espeak-ng: %w", err)
	}
	return nil
}

// Speak implements Engine. The text goes through the input: what stands in the arguments of a program everybody on the machine can read.
func (e Espeak) Speak(ctx context.Context, text string, v Voice) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, synthLimit)
	defer cancel()
	voice, pace := mandarin, usualPace
	if v.Language == "en" && !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		voice = "en-us"
	} else {
		text = read(text) // also in an English visit: what comes from the catalogue is Chinese
	}
	if v.Slow {
		pace = slowPace
	}
	var out, said bytes.Buffer
	c := exec.CommandContext(ctx, e.Program, "-v", voice, "-s", strconv.Itoa(pace), "-b", "1", "--stdin", "--stdout") //nolint:gosec // the operator names it
	c.Stdin, c.Stdout, c.Stderr, c.WaitDelay = strings.NewReader(text), &out, &said, synthDying
	if err := c.Run(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		first, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		return nil, fmt.Errorf("speech engine: %w: %s", err, first)
	}
	return out.Bytes(), nil
}
