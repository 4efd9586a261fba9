// Package speech says sentences aloud at a terminal (语音提示): a speech engine behind an interface makes the sound, the terminal's speaker
// plays it. A sentence that comes stops the one before it; who cannot see the screen hears where the visit stands, and nobody beside
// them hears who they are.
package speech

import "context"

// Voice is how a sentence is said.
type Voice struct {
	Language string // zh-CN, en
	Slow     bool   // for old people and for those who live by what they hear
}

// Engine makes sounds of sentences (语音合成). It is a program or a service of its own: what it needs and what it does wrong stays there.
type Engine interface {
	// Ready says why nothing can be said, nil when all is there.
	Ready() error
	// Speak returns a WAV of 16 bit PCM.
	Speak(ctx context.Context, text string, v Voice) ([]byte, error)
}
