package web_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/agent/devices"
	"tongban/agent/screen"
	"tongban/agent/speech"
	"tongban/drivers"
)

// loudspeaker plays for as long as a test lets it, and keeps what it began and what was cut off.
type loudspeaker struct {
	mu     sync.Mutex
	volume int
	began  []string
	cut    []string
	long   bool // the next sounds last until they are stopped
}

func (l *loudspeaker) Info() drivers.Info {
	return drivers.Info{Kind: drivers.KindSpeaker, Driver: "test"}
}
func (l *loudspeaker) Close() error                { return nil }
func (l *loudspeaker) Reset(context.Context) error { return nil }
func (l *loudspeaker) Status(context.Context) (drivers.Status, error) {
	return drivers.Status{State: drivers.StateOnline, At: time.Now()}, nil
}
func (l *loudspeaker) Volume() int { l.mu.Lock(); defer l.mu.Unlock(); return l.volume }
func (l *loudspeaker) SetVolume(p int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.volume = p
	return nil
}

func (l *loudspeaker) Play(ctx context.Context, wav []byte) error {
	l.mu.Lock()
	l.began = append(l.began, string(wav))
	long := l.long
	l.mu.Unlock()
	if !long {
		return nil
	}
	<-ctx.Done()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = append(l.cut, string(wav))
	return drivers.Fault(ctx.Err())
}

func (l *loudspeaker) heard() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.began)
}
func (l *loudspeaker) stopped() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.cut)
}
func (l *loudspeaker) lasting(on bool) { l.mu.Lock(); defer l.mu.Unlock(); l.long = on }

// echo is an engine whose sound is the text itself, so that a test reads what is heard.
type echo struct {
	mu     sync.Mutex
	voices []speech.Voice
	broken bool
}

func (e *echo) Ready() error { return nil }
func (e *echo) Speak(_ context.Context, text string, v speech.Voice) ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.voices = append(e.voices, v)
	if e.broken {
		return nil, errors.New("out of order")
	}
	return []byte(text), nil
}
func (e *echo) breaks(on bool) { e.mu.Lock(); defer e.mu.Unlock(); e.broken = on }
func (e *echo) last() speech.Voice {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.voices[len(e.voices)-1]
}

func voiceBed(t *testing.T) (*bed, *loudspeaker, *echo) {
	t.Helper()
	l, e := &loudspeaker{}, &echo{}
	slot := devices.Slot{Kind: drivers.KindSpeaker, Name: "speaker", Open: func(context.Context) (drivers.Device, error) { return l, nil }}
	b := newBed(t, bedOptions{more: []devices.Slot{slot}, offline: true, speech: e, volume: 3})
	b.until("speaker", func() bool { v := b.state().Voice; return v != nil && v.Ready })
	return b, l, e
}

func TestEachStepIsSaid(t *testing.T) {
	b, l, e := voiceBed(t)
	b.do("visit/start", nil)
	if s := b.state().Visit.Sound; s != (screen.Sound{Volume: 3}) {
		t.Errorf("a visit begins with %+v", s)
	}
	b.do("visit/say", screen.Say{Text: "您要办什么事？按一件事就开始办。"})
	b.until("two sentences", func() bool { return len(l.heard()) == 2 })
	if l.Volume() != 60 || e.last() != (speech.Voice{Language: "zh-CN"}) {
		t.Errorf("volume %d, voice %+v", l.Volume(), e.last())
	}
	l.lasting(true)
	b.do("visit/say", screen.Say{Text: "请将身份证放在感应区。"})
	b.until("long", func() bool { return len(l.heard()) == 3 })
	l.lasting(false)
	b.do("visit/say", screen.Say{Text: "读好了，请核对是不是您本人。"})
	b.until("the new one", func() bool { return len(l.heard()) == 4 })
	if cut := l.stopped(); len(cut) != 1 || cut[0] != "请将身份证放在感应区。" || l.heard()[3] != "读好了，请核对是不是您本人。" {
		t.Errorf("cut %q, heard %q", cut, l.heard())
	}
	b.do("visit/prefs", screen.Prefs{Elderly: true, Language: "en"})
	b.do("visit/say", screen.Say{Text: "Please sign."})
	b.until("slow and English", func() bool { return e.last() == speech.Voice{Language: "en", Slow: true} })
}

func TestVolumeAndMute(t *testing.T) {
	b, l, _ := voiceBed(t)
	b.do("visit/start", nil)
	b.do("visit/sound", screen.Sound{Volume: 5})
	b.do("visit/say", screen.Say{Text: "响一点。"})
	b.until("loud", func() bool { return len(l.heard()) == 1 })
	if l.Volume() != 100 {
		t.Errorf("step 5 is %d %%", l.Volume())
	}
	l.lasting(true)
	b.do("visit/say", screen.Say{Text: "很长的一句。"})
	b.until("begun", func() bool { return len(l.heard()) == 2 })
	if s := b.do("visit/sound", screen.Sound{Volume: 5, Muted: true}); !s.Visit.Sound.Muted {
		t.Errorf("%+v", s.Visit.Sound)
	}
	b.until("silent at once", func() bool { return len(l.stopped()) == 1 })
	b.do("visit/say", screen.Say{Text: "不该听到。"})
	if c := b.code("visit/sound", screen.Sound{Volume: 6}); c != "screen.volume" {
		t.Errorf("step 6: %s", c)
	}
	b.do("visit/end", screen.EndVisit{Reason: "finished"})
	b.do("visit/start", nil)
	if s := b.state().Visit.Sound; s != (screen.Sound{Volume: 3}) {
		t.Errorf("the next citizen begins with %+v", s)
	}
	if slices.Contains(l.heard(), "不该听到。") {
		t.Error("said while muted")
	}
}

// Names, numbers and what was written stay on the screen, whatever the page asks to be said; the end of the visit is silence.
func TestNobodyBesideHearsWhoItIs(t *testing.T) {
	b, l, _ := voiceBed(t)
	b.identify("dilnur")
	v := b.state().Visit
	b.do("visit/say", screen.Say{Text: "请" + v.Person.Name + "来签名，住在" + v.Person.Address + "，证号" + v.Person.ID + "，电话13908162150。"})
	b.until("said", func() bool { return len(l.heard()) == 1 })
	said := l.heard()[0]
	for _, secret := range []string{v.Person.Name, v.Person.Address, "510799", "1390816", "*"} {
		if strings.Contains(said, secret) {
			t.Errorf("said %q with %q", said, secret)
		}
	}
	if !strings.HasPrefix(said, "请") || !strings.Contains(said, "来签名") {
		t.Errorf("said %q", said)
	}
	l.lasting(true)
	b.do("visit/say", screen.Say{Text: "一直在说。"})
	b.until("talking", func() bool { return len(l.heard()) == 2 })
	old := b.visit
	b.do("visit/end", screen.EndVisit{Reason: "left"})
	b.until("silence", func() bool { return len(l.stopped()) == 1 })
	b.visit = old
	if c := b.code("visit/say", screen.Say{Text: "过期的。"}); c != "screen.visit_over" {
		t.Errorf("a page of a visit that is over: %s", c)
	}
}

// A screen that speaks by itself keeps nobody in who has left.
func TestSpeakingIsNoTouch(t *testing.T) {
	b, _, _ := voiceBed(t)
	b.do("visit/start", nil)
	b.clock.add(59 * time.Second)
	b.do("visit/say", screen.Say{Text: "您还在吗？"})
	b.clock.add(3 * time.Second)
	b.until("countdown", func() bool { v := b.state().Visit; return v != nil && v.Warning > 0 })
}

// Without a speaker, or with an engine that fails, the visit goes on and the state says that nothing is heard.
func TestVisitGoesOnInSilence(t *testing.T) {
	b, l, e := voiceBed(t)
	b.do("visit/start", nil)
	e.breaks(true)
	b.do("visit/say", screen.Say{Text: "说不出来。"})
	b.until("said so", func() bool { v := b.state().Voice; return !v.Ready && v.Note != "" })
	e.breaks(false)
	b.do("visit/say", screen.Say{Text: "又好了。"})
	b.until("well again", func() bool { return b.state().Voice.Ready && len(l.heard()) == 1 })

	gone := devices.Slot{Kind: drivers.KindSpeaker, Name: "speaker", Open: func(context.Context) (drivers.Device, error) {
		return nil, &drivers.Error{Code: drivers.CodeNoDevice, Detail: "no sound card"}
	}}
	silent := newBed(t, bedOptions{more: []devices.Slot{gone}, offline: true, speech: &echo{}, volume: 3})
	silent.do("visit/start", nil)
	silent.do("visit/say", screen.Say{Text: "没有喇叭。"})
	if v := silent.state().Voice; v == nil || v.Ready || v.Note == "" {
		t.Errorf("a speaker that is away: %+v", v)
	}
	silent.identify("dilnur")

	none := newBed(t, bedOptions{offline: true, speech: &echo{}, volume: 3})
	none.do("visit/start", nil)
	none.do("visit/say", screen.Say{Text: "没有喇叭。"})
	if v := none.state().Voice; v != nil {
		t.Errorf("a terminal without a speaker: %+v", v)
	}
}
