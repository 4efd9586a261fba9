package escpos

import "time"

// state is everything that the back channel has told so far.
type state struct {
	asb      [4]byte
	asbKnown bool
	rt       [4]byte   // last answers to DLE EOT 1 to 4
	rtCount  [4]int    // how many of them
	seen     [asks]int // number of the last question answered, by kind
	text     string    // answer to the last text question
	garbled  int       // noise that came in place of an answer
	noise    int       // bytes that no printer sends
	cleared  int       // acknowledged clears
	echoes   map[[4]byte]bool
	hold     bool  // XOFF
	lost     error // the cable is out
	epoch    int   // grows each time the line comes back: the printer has forgotten what it was told before
	ended    bool
}

// ask is a kind of question whose answer does not say what it answers; answers are matched in order within a kind.
type ask int

const (
	askStatus ask = iota // DLE EOT n
	askPaper             // GS r 1
	askText              // GS I, GS g
	asks
	askNothing ask = -1
)

// question waits for its answer. One that never came is forgotten after a while, or every later answer would be read as
// its predecessor's; until then it makes the driver believe too little, never too much.
type question struct {
	number int
	n      byte // of DLE EOT
	asked  time.Time
}

const forgetQuestion = 2500 * time.Millisecond

// apply is called with l.mu held.
func (l *line) apply(s *state, r reply, now time.Time) {
	switch r.kind {
	case replyRealtime:
		if q, ok := l.answer(askStatus, now); ok {
			s.rt[q.n-1] = r.data[0]
			s.rtCount[q.n-1]++
			s.seen[askStatus] = q.number
		}
	case replyASB:
		s.asb, s.asbKnown = [4]byte(r.data), true
	case replyPlain:
		if now.Sub(l.noiseAt) <= readSlice {
			return // the rest of a broken group
		}
		if q, ok := l.answer(askPaper, now); ok {
			s.seen[askPaper] = q.number
		}
	case replyText:
		if q, ok := l.answer(askText, now); ok {
			s.seen[askText], s.text = q.number, string(r.data)
		}
	case replyEcho:
		s.echoes[[4]byte(r.data)] = true
	case replyCleared:
		s.cleared++
	case replyXON, replyXOFF:
		s.hold = r.kind == replyXOFF
	case replyNoise:
		s.noise += len(r.data)
		l.noiseAt = now
		if q, ok := l.answer(askStatus, now); ok {
			s.garbled++
			s.seen[askStatus] = q.number
		} else {
			s.asbKnown = false // it may have been the automatic status that nobody will send again
		}
	}
}

// answer takes the question that an answer belongs to. Called with l.mu held.
func (l *line) answer(a ask, now time.Time) (question, bool) {
	for len(l.asked[a]) > 0 {
		q := l.asked[a][0]
		l.asked[a] = l.asked[a][1:]
		if now.Sub(q.asked) < forgetQuestion {
			return q, true
		}
	}
	return question{}, false
}
