package speech

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"tongban/agent/devices"
	"tongban/drivers"
)

// Steps of loudness, as the screen shows them (音量).
const (
	Steps    = 5
	perStep  = 100 / Steps
	takeWait = 2 * time.Second // for a health check that has the speaker just now
)

// Prompter speaks through the speaker of one terminal. It is safe for concurrent use.
type Prompter struct {
	engine  Engine
	rack    *devices.Rack
	log     *slog.Logger
	changed func()

	mu    sync.Mutex
	stop  context.CancelFunc
	over  chan struct{} // closed when the sentence before is silent
	wrong error         // of the engine with the last sentence; nil when it spoke. What is wrong with the speaker the rack knows, and when it is over
}

// New makes the voice of a rack, which need not have a speaker; engine may be nil: nothing is ever said. changed is told when Trouble begins or
// ends with a sentence.
func New(engine Engine, rack *devices.Rack, log *slog.Logger, changed func()) *Prompter {
	p := &Prompter{engine: engine, rack: rack, log: log, changed: changed}
	if p.There() {
		if p.wrong = engine.Ready(); p.wrong != nil {
			log.Warn("terminal cannot speak", "hop", "Driver", "err", p.wrong)
		}
	}
	return p
}

// There reports whether this terminal is meant to speak at all.
func (p *Prompter) There() bool { return p.engine != nil && p.rack.Has(drivers.KindSpeaker) }

// Trouble says why nothing is heard now, nil when a sentence would be.
func (p *Prompter) Trouble() error {
	if p.engine == nil {
		return errors.New("this terminal has no speech engine")
	}
	if st := p.rack.Status(drivers.KindSpeaker); !st.Ready() && st.State != drivers.StateBusy && !st.InUse {
		return &drivers.Error{Code: drivers.CodeNoDevice, Detail: st.Detail}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.wrong
}

// Say says a text, which Plain has seen, in place of what is being said; it does not wait for its end. ctx ends it too.
func (p *Prompter) Say(ctx context.Context, text string, v Voice, step int) {
	sentences := Sentences(text)
	if !p.There() || step < 1 || len(sentences) == 0 {
		p.Hush()
		return
	}
	ctx, stop := context.WithCancel(ctx)
	over := make(chan struct{})
	p.mu.Lock()
	before := p.over
	if p.stop != nil {
		p.stop()
	}
	p.stop, p.over = stop, over
	p.mu.Unlock()
	go func() {
		defer close(over)
		defer stop()
		if before != nil {
			<-before
		}
		p.told(ctx, p.say(ctx, sentences, v, min(step, Steps)*perStep))
	}()
}

// Hush stops what is being said, without waiting for it.
func (p *Prompter) Hush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop != nil {
		p.stop()
	}
}

// sound is one sentence, made.
type sound struct {
	wav []byte
	err error
}

// say plays sentence after sentence; while one is heard the next is made.
func (p *Prompter) say(ctx context.Context, sentences []string, v Voice, volume int) error {
	made := make(chan sound, 1)
	done, quit := context.WithCancel(ctx)
	defer quit()
	go func() {
		defer close(made)
		for _, s := range sentences {
			wav, err := p.engine.Speak(done, s, v)
			select {
			case made <- sound{wav, err}:
			case <-done.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	for s := range made {
		if s.err != nil {
			return s.err
		}
		if err := p.play(ctx, s.wav, volume); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (p *Prompter) play(ctx context.Context, wav []byte, volume int) error {
	take, cancel := context.WithTimeout(ctx, takeWait)
	defer cancel()
	l, err := devices.Take[drivers.Speaker](take, p.rack, drivers.KindSpeaker)
	if err != nil {
		return err
	}
	if err = l.Device.SetVolume(volume); err == nil {
		err = l.Device.Play(ctx, wav)
	}
	if ctx.Err() != nil {
		l.Done(nil) // it was stopped; the speaker did nothing wrong
	} else {
		l.Done(err)
	}
	return err
}

// told keeps how it went. A sentence that was cut off says nothing about the speaker.
func (p *Prompter) told(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		p.log.Warn("sentence was not said", "hop", "Driver", "err", err)
	}
	var speaker *drivers.Error
	if errors.As(err, &speaker) {
		err = nil
	}
	p.mu.Lock()
	before := p.wrong
	p.wrong = err
	p.mu.Unlock()
	if (before == nil) != (err == nil) {
		p.changed()
	}
}
