package window

// step is one row of a case's life.
type step struct {
	from State
	act  Act
	to   State
	only handling
}

// handling says for which items a step is.
type handling int

const (
	every    handling = iota
	onSpot            // issued on the spot (即办件)
	withDays          // with a limit in days (承诺件)
)

func (s step) fits(immediate bool) bool {
	return s.only == every || (s.only == onSpot) == immediate
}

// life is the whole life of a case (办件生命周期). A second one-time notice is missing on purpose: the law wants everything
// told at once (行政许可法 art. 32), and the way around needs an approver. What is issued on the spot is not accepted first:
// it has no days to count, and an acceptance notice without a date would be an empty promise.
var life = []step{
	{from: Received, act: ActAccept, to: Accepted, only: withDays},
	{from: Received, act: ActNotice, to: Noticed},
	{from: Received, act: ActRefuse, to: Refused},
	{from: Received, act: ActGrant, to: Granted, only: onSpot},
	{from: Noticed, act: ActAccept, to: Accepted, only: withDays},
	{from: Noticed, act: ActRefuse, to: Refused},
	{from: Noticed, act: ActGrant, to: Granted, only: onSpot},
	{from: Accepted, act: ActGrant, to: Granted},
}

// Next returns the state after act, or ErrNotNow.
func Next(from State, act Act, immediate bool) (State, error) {
	for _, s := range life {
		if s.from == from && s.act == act && s.fits(immediate) {
			return s.to, nil
		}
	}
	return "", ErrNotNow
}

// Acts lists what may be done with a case now, in the order of the table.
func Acts(from State, immediate bool) []Act {
	acts := []Act{}
	for _, s := range life {
		if s.from == from && s.fits(immediate) {
			acts = append(acts, s.act)
		}
	}
	return acts
}

// Open reports whether somebody still has to do something with the case.
func (s State) Open() bool { return s == Received || s == Noticed || s == Accepted }

// Topic is the event that tells of reaching s.
func (s State) Topic() string {
	switch s {
	case Noticed:
		return TopicNoticed
	case Accepted:
		return TopicAccepted
	case Refused:
		return TopicRefused
	case Granted:
		return TopicGranted
	default:
		return TopicReceived
	}
}

// Text is the one word for s on every screen.
func (s State) Text() string {
	switch s {
	case Received:
		return "收件"
	case Noticed:
		return "补正中"
	case Accepted:
		return "已受理"
	case Refused:
		return "不予受理"
	case Granted:
		return "办结"
	default:
		return string(s)
	}
}
