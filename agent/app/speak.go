package app

import (
	"net/http"

	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/agent/speech"
)

// Say says a sentence of the screen aloud, for the visit that the page means or, with no visit, to whoever stands before the screen. It is
// no touch: a screen that speaks by itself must not keep somebody in who has left.
func (a *App) Say(id string, in screen.Say) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	v := a.visit
	if id != "" && (v == nil || v.ID != id) {
		return errVisitOver
	}
	if v == nil {
		a.voice.Say(a.ctx, speech.Plain(in.Text, nil), speech.Voice{Language: "zh-CN"}, stepOf(a.firstSound()))
		return nil
	}
	voice := speech.Voice{Language: v.Prefs.Language, Slow: v.Prefs.Elderly || v.Prefs.Speech}
	a.voice.Say(a.ctx, speech.Plain(in.Text, private(v)), voice, stepOf(v.Sound))
	return nil
}

// SetSound changes how loud the visit is.
func (a *App) SetSound(id string, in screen.Sound) error {
	if in.Volume < 1 || in.Volume > speech.Steps {
		return problem(http.StatusUnprocessableEntity, "screen.volume", "音量只有1到5档", nil)
	}
	return a.with(id, session.Stay, func(v *session.Visit) error {
		v.Sound = in
		if in.Muted {
			a.voice.Hush()
		}
		return nil
	})
}

// firstSound is how loud a visit begins.
func (a *App) firstSound() screen.Sound {
	if a.o.Volume == 0 {
		return screen.Sound{Volume: 1, Muted: true}
	}
	return screen.Sound{Volume: a.o.Volume}
}

func stepOf(s screen.Sound) int {
	if s.Muted {
		return 0
	}
	return s.Volume
}

// viewVoice is nil where the terminal has no speaker or no engine; one that has and does not work says so, and the visit goes on in silence.
func (a *App) viewVoice() *screen.Voice {
	if !a.voice.There() {
		return nil
	}
	out := &screen.Voice{Ready: true, Sound: a.firstSound()}
	if a.voice.Trouble() != nil {
		out.Ready, out.Note = false, "现在听不到声音，看屏幕一样办"
	}
	return out
}

// private is what nobody beside the citizen may hear: who they are, and what they wrote. Called with mu held.
func private(v *session.Visit) []string {
	var out []string
	who := func(p *session.Person) {
		out = append(out, p.Name, maskName(p.Name), p.IDNumber, maskID(p.IDNumber), p.Address, p.Birth)
	}
	if v.Person != nil {
		who(v.Person)
	}
	if v.Matter == nil {
		return out
	}
	for _, p := range v.Matter.Readers {
		who(p)
	}
	var walk func(any)
	walk = func(x any) {
		switch x := x.(type) {
		case string:
			out = append(out, x)
		case []any:
			for _, y := range x {
				walk(y)
			}
		case map[string]any:
			for _, y := range x {
				walk(y)
			}
		}
	}
	for _, x := range v.Matter.Values {
		walk(x)
	}
	return out
}
