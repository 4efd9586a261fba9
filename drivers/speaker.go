package drivers

import "context"

// KindSpeaker is what prompts and tones come out of (语音模块、扬声器).
const KindSpeaker Kind = "speaker"

// Speaker plays sounds (扬声器).
type Speaker interface {
	Device
	// Play plays a sound to its end, or until ctx ends or Close; it is a WAV of 16 bit PCM, at most MaxSound long. A sound card that is pulled
	// out meanwhile is CodeNoDevice, one that takes nothing CodeTimeOut/ReasonSilent at most 2 s after the sound should have ended.
	Play(ctx context.Context, wav []byte) error
	// SetVolume sets how loud the next sounds are, from 0, which is mute, to 100. Others at the machine are not made louder by it.
	SetVolume(percent int) error
	Volume() int
}
