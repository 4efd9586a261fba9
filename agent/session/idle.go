package session

import "time"

// Times of the idle watch (无人操作).
type Times struct {
	Idle      time.Duration // without a touch until the warning
	SlowIdle  time.Duration // for 长辈版, 坐着操作 and 读给我听
	Countdown time.Duration // from the warning to the wipe
}

// DefaultTimes are the proposals of the field; all three are configuration.
func DefaultTimes() Times {
	return Times{Idle: 60 * time.Second, SlowIdle: 120 * time.Second, Countdown: 30 * time.Second}
}

// Idle is how long this visit may rest before the warning.
func (v *Visit) Idle(t Times) time.Duration {
	if v.Prefs.Elderly || v.Prefs.LowReach || v.Prefs.Speech {
		return t.SlowIdle
	}
	return t.Idle
}

// Warning returns the whole seconds left of the countdown, 0 before it begins, and whether the visit is over. A clock that
// went back counts as a touch: nobody is thrown out by it, and nobody's data stays longer than one more round.
func (v *Visit) Warning(t Times, now time.Time) (left int, over bool) {
	rest := now.Sub(v.Touched)
	if rest < 0 {
		v.Touched = now
		return 0, false
	}
	rest -= v.Idle(t)
	if rest < 0 {
		return 0, false
	}
	if rest >= t.Countdown {
		return 0, true
	}
	return int((t.Countdown - rest + time.Second - 1) / time.Second), false
}
