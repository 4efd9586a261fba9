package adapter

import (
	"time"
)

// Breaker says whether a system is asked at all (熔断).
type Breaker string

// The states of a breaker.
const (
	Closed Breaker = "closed" // 正常: calls go through
	Open   Breaker = "open"   // 已切断: calls are refused at once
	Half   Breaker = "half"   // 试探: one call goes through, its result decides
)

// event is what happens to a breaker.
type event string

const (
	failed  event = "failed"  // a call failed, fewer in a row than the limit
	tripped event = "tripped" // a call failed, and that was one too many
	passed  event = "passed"  // a call succeeded
	due     event = "due"     // the pause is over and somebody asks
	lost    event = "lost"    // the probe never came back and somebody asks
)

// step is one row of the breaker's life.
type step struct {
	from Breaker
	on   event
	to   Breaker
}

// life is the whole of it; what is not here does not happen.
var life = []step{
	{Closed, passed, Closed},
	{Closed, failed, Closed},
	{Closed, tripped, Open},
	{Open, due, Half},
	{Half, passed, Closed},
	{Half, failed, Open},
	{Half, tripped, Open},
	{Half, lost, Half}, // another probe
}

func next(from Breaker, on event) (Breaker, bool) {
	for _, s := range life {
		if s.from == from && s.on == on {
			return s.to, true
		}
	}
	return from, false
}

// Rules are the limits of every breaker, for pages.
type Rules struct {
	Failures int           // in a row
	Pause    time.Duration // the first one
	Probes   int           // good ones that close it
}

// TheRules are the same for all systems.
func TheRules() Rules { return Rules{Failures: failuresInARow, Pause: shortestPause, Probes: 1} }

// Limits of the breaker: so many failures in a row open it; the pause doubles while probes fail.
const (
	failuresInARow = 5
	shortestPause  = 5 * time.Second
	longestPause   = 5 * time.Minute
)

func pause(trips int) time.Duration {
	if trips > 10 {
		return longestPause
	}
	return min(longestPause, shortestPause<<max(trips-1, 0))
}

// State is a system's row (运行状态).
type State struct {
	Enabled    bool      `json:"enabled"`
	Breaker    Breaker   `json:"breaker"`
	Failures   int       `json:"failures"`
	Trips      int       `json:"-"`
	Epoch      int64     `json:"-"`
	RetryAt    time.Time `json:"retry_at,omitzero"`
	Since      time.Time `json:"since,omitzero"` // the breaker is as it is
	Health     string    `json:"health"`
	HealthNote string    `json:"health_note,omitempty"`
	HealthAt   time.Time `json:"health_at,omitzero"`
}

// asked is what somebody who wants to call meets: go on, become the probe, or be refused.
func (s State) asked(now time.Time) (e event, refused bool) {
	switch {
	case s.Breaker == Closed:
		return "", false
	case now.Before(s.RetryAt):
		return "", true
	case s.Breaker == Open:
		return due, false
	}
	return lost, false
}

// after is the state once a call that was let through in s has ended.
func (s State) after(ok bool, now time.Time) State {
	e := passed
	if !ok {
		if e = failed; s.Failures+1 >= failuresInARow {
			e = tripped
		}
	}
	to, known := next(s.Breaker, e)
	if !known {
		return s
	}
	switch {
	case ok:
		s.Failures, s.Trips, s.RetryAt = 0, 0, time.Time{}
	case to == Open:
		s.Failures = 0
		s.Trips++
		s.RetryAt = now.Add(pause(s.Trips))
	default:
		s.Failures++
	}
	if to != s.Breaker {
		s.Epoch++
		s.Since = now
	}
	s.Breaker = to
	return s
}
