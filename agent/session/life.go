// Package session is one citizen's visit (一次办事): its life as a table, what is held in memory while it lasts, and the wipe
// that leaves nothing of it. Nothing here is safe for concurrent use: the app serialises every call.
package session

import "errors"

// State of a visit's life.
type State string

// States.
const (
	Attract State = "attract" // 待机: nobody is here
	Open    State = "open"    // 选事项: here, perhaps identified, no matter in hand
	Working State = "working" // 办理中: a matter in hand
	Handed  State = "handed"  // 已交件: the last matter was handed in, its slip is on the way
	Left    State = "left"    // 人走证在: everything is wiped, but a card still lies on the reader
)

// Act is what the citizen, or the time, does.
type Act string

// Acts.
const (
	Begin    Act = "begin"    // touch or card on the attract screen
	Stay     Act = "stay"     // touch, preferences, call for help
	Identify Act = "identify" // start, cancel, confirm, reveal
	Choose   Act = "choose"   // take up a matter
	Leave    Act = "leave"    // back to the list
	Fill     Act = "fill"     // consent, answers, form, pages, signatures
	Submit   Act = "submit"   // hand in
	Slip     Act = "slip"     // answer about the slip, print once more
	Rate     Act = "rate"
	End      Act = "end"     // finished, left, or timed out: wipes
	Forgot   Act = "forgot"  // a card was found on the reader after the end
	Taken    Act = "taken"   // it was taken, or waited for long enough
	Recover  Act = "recover" // a crash cut a visit off after it was handed in
)

// step is one row of the life.
type step struct {
	from State
	act  Act
	to   State
}

// life lists every step there is; what is not here is refused.
var life = []step{
	{Attract, Begin, Open},
	{Attract, Forgot, Left},
	{Attract, Recover, Handed},
	{Left, Taken, Attract},
	{Left, Begin, Open}, // the next citizen does not wait for the card of the last

	{Open, Stay, Open},
	{Open, Identify, Open},
	{Open, Choose, Working},
	{Open, Leave, Open},
	{Open, End, Attract},

	{Working, Stay, Working},
	{Working, Identify, Working},
	{Working, Choose, Working},
	{Working, Fill, Working},
	{Working, Leave, Open},
	{Working, Submit, Handed},
	{Working, End, Attract},

	{Handed, Stay, Handed},
	{Handed, Identify, Handed},
	{Handed, Slip, Handed},
	{Handed, Rate, Handed},
	{Handed, Choose, Working},
	{Handed, Leave, Open},
	{Handed, End, Attract},
}

// ErrNotNow means that the act does not fit the state of the visit.
var ErrNotNow = errors.New("not possible now")

// Next returns where an act leads, or ErrNotNow.
func Next(from State, act Act) (State, error) {
	for _, s := range life {
		if s.from == from && s.act == act {
			return s.to, nil
		}
	}
	return from, ErrNotNow
}

// States lists all states, for the diagram and the exhaustive test.
func States() []State { return []State{Attract, Open, Working, Handed, Left} }

// Acts lists all acts.
func Acts() []Act {
	return []Act{Begin, Stay, Identify, Choose, Leave, Fill, Submit, Slip, Rate, End, Forgot, Taken, Recover}
}
