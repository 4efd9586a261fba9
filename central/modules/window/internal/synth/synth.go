// Package synth makes up a history of cases (合成历史): eighteen months of receiving, accepting, pausing and deciding that look like
// a city's, of persons who do not exist. It keeps a ledger of its own while it does, counted from what it chose and not from what
// was stored, so that every number a board shows can be held against it.
package synth

import (
	"fmt"
	"math/rand/v2"

	"tongban/central/kernel/calendar"
	"tongban/central/modules/window"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// Plan says what to make.
type Plan struct {
	N        int // cases
	Seed     uint64
	Last     calendar.Date // newest day
	Months   int
	Items    []matter.Item
	Places   func(it matter.Item) (region, department string)
	Windows  []string // counter windows
	Hall     string
	Calendar *calendar.Calendar
}

// Case is one made-up case. Days are its own clock's; Used is what the generator let pass, before anybody computes it.
type Case struct {
	No, Name, ID, Phone      string
	Item                     matter.Item
	Region, Department       string
	Channel, Window, Place   string
	State                    window.State
	Received, Accepted, Done calendar.Date // zero while it has not happened
	Used, Stopped            int
	Pause                    calendar.Span // zero without one
	Due, Statutory           calendar.Date
	Notices                  int
	Minute                   int // of the day
}

// Ledger is what the generator did, by month: its own words, from its own choices.
type Ledger map[string]*Month

// Month is the sums of one month.
type Month struct {
	Received, Remote, Accepted, Ended, Granted, Refused, Withdrawn, Promised, OnTime, PromisedDays, UsedDays, StoppedDays, Noticed, NoticedAgain int64
}

func (l Ledger) at(d calendar.Date) *Month {
	key := d.String()[:7]
	if l[key] == nil {
		l[key] = &Month{}
	}
	return l[key]
}

// firstNumber is the highest number that a terminal can have; made-up cases count down from it, real terminals up from 1.
const firstNumber = 999

// surnames and given are syllables of no particular person.
var (
	surnames = []string{"周", "何", "林", "唐", "罗", "沈", "贺", "段", "高", "苏", "蒲", "敬", "蹇", "欧阳"}
	given    = []string{"一", "安", "川", "江", "岚", "宁", "晴", "远", "越", "云", "静", "原", "建", "敏", "小满", "子涵"}
	channels = []string{"window", "window", "window", "window", "terminal", "web", "web", "phone"}
)

// Make makes the cases in the order of their days, one after the other, and returns the ledger. give returns an error to stop.
func Make(p Plan, give func(Case) error) (Ledger, error) {
	if len(p.Items) == 0 || len(p.Windows) == 0 || p.Months < 1 || p.N < 1 {
		return nil, fmt.Errorf("make history: items, windows, months and a number of cases are needed")
	}
	random := rand.New(rand.NewPCG(p.Seed, 0x746f6e67))
	ledger := Ledger{}
	first := calendar.DateOf(p.Last.Time().AddDate(0, -p.Months, 0)).AddDays(1)
	days := p.workdays(first)
	var day calendar.Date
	n := 0 // of the day
	for i := range p.N {
		d := days[i*len(days)/p.N]
		if d != day {
			day, n = d, 0
		}
		no, err := wire.CaseNo(d.Time(), firstNumber-n/9999, 1+n%9999)
		if err != nil {
			return nil, fmt.Errorf("make history: %w", err)
		}
		n++
		c, err := p.one(random, no, d)
		if err != nil {
			return nil, err
		}
		ledger.count(c)
		if err := give(c); err != nil {
			return nil, err
		}
	}
	return ledger, nil
}

func (p Plan) workdays(from calendar.Date) []calendar.Date {
	var out []calendar.Date
	for d := from; !d.After(p.Last); d = d.AddDays(1) {
		if work, _ := p.Calendar.IsWorkday(d); work {
			out = append(out, d)
		}
	}
	return out
}

// one makes one case that came on day d and went as far as it could until the newest day.
func (p Plan) one(r *rand.Rand, no string, d calendar.Date) (Case, error) {
	it := p.Items[skewed(r, len(p.Items))]
	c := Case{
		No: no, Item: it, State: window.Received, Received: d,
		Name: surnames[r.IntN(len(surnames))] + given[r.IntN(len(given))], ID: identity(fmt.Sprintf("510799%04d%02d%02d%03d", 1940+r.IntN(66), 1+r.IntN(12), 1+r.IntN(28), r.IntN(1000))),
		Phone: fmt.Sprintf("139%08d", r.IntN(100_000_000)), Channel: channels[r.IntN(len(channels))], Minute: 540 + r.IntN(480), Place: p.Hall,
	}
	c.Region, c.Department = p.Places(it)
	if c.Channel == "window" {
		c.Window = p.Windows[r.IntN(len(p.Windows))]
	}
	if r.IntN(100) < 6 {
		c.Notices = 1
		if r.IntN(40) == 0 {
			c.Notices = 2
		}
	}
	if r.IntN(100) < 2 {
		c.end(window.Refused, p.after(d, 1+r.IntN(3)), p.Last)
		return c, nil
	}
	accepted := p.after(d, r.IntN(3)+3*c.Notices)
	if accepted.After(p.Last) {
		if c.Notices > 0 {
			c.State = window.Noticed
		}
		return c, nil
	}
	if it.Handling == matter.Immediate || it.Promise.Days == 0 {
		c.Accepted, c.Due, c.Statutory = accepted, accepted, accepted
		c.end(window.Granted, accepted, p.Last)
		return c, nil
	}
	return c, p.decide(r, &c, accepted)
}

// decide lets an accepted case take its days, with now and then a special procedure between.
func (p Plan) decide(r *rand.Rand, c *Case, accepted calendar.Date) error {
	c.Accepted, c.State = accepted, window.Accepted
	promise := c.Item.Promise
	c.Used = 1 + r.IntN(max(promise.Days*7/10, 1))
	if r.IntN(100) < 2 {
		c.Used = promise.Days + 1 + r.IntN(3)
	}
	var spans []calendar.Span
	if r.IntN(100) < 4 && c.Used > 2 && c.Used <= promise.Days {
		from := p.after(accepted, 1)
		c.Pause = calendar.Span{From: from, To: p.after(from, 2+r.IntN(8))}
		spans = append(spans, c.Pause)
	}
	due, err := p.Calendar.Due(accepted, budget(promise), spans)
	if err != nil {
		return fmt.Errorf("made-up case: %w", err)
	}
	statutory, err := p.Calendar.Due(accepted, budget(c.Item.Statutory), spans)
	if err != nil {
		return fmt.Errorf("made-up case: %w", err)
	}
	c.Due, c.Statutory = due.Due, statutory.Due
	at, err := p.Calendar.Due(accepted, calendar.Budget{Days: c.Used, Unit: budget(promise).Unit}, spans)
	if err != nil {
		return fmt.Errorf("made-up case: %w", err)
	}
	c.Stopped = at.Suspended
	state := window.Granted
	switch n := r.IntN(100); {
	case n < 3:
		state = window.Denied
	case n < 5:
		state = window.Withdrawn
	}
	c.end(state, at.Due, p.Last)
	return nil
}

// end ends a case on a day, unless that day has not come yet.
func (c *Case) end(s window.State, on, last calendar.Date) {
	if !on.After(last) {
		c.State, c.Done = s, on
	}
}

// after is n working days later.
func (p Plan) after(d calendar.Date, n int) calendar.Date {
	for n > 0 {
		d = d.AddDays(1)
		if work, _ := p.Calendar.IsWorkday(d); work {
			n--
		}
	}
	return d
}

// identity adds the check digit of an identity number (GB 11643-1999).
func identity(digits string) string {
	sum := 0
	for i, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(digits[i]-'0') * weight
	}
	return digits + "10X98765432"[sum%11:sum%11+1]
}

// skewed prefers the first: a few items make most of the cases.
func skewed(r *rand.Rand, n int) int {
	x := r.Float64()
	return min(int(x*x*x*float64(n)), n-1)
}

func budget(l matter.Limit) calendar.Budget {
	if l.Unit == "natural" {
		return calendar.Budget{Days: l.Days, Unit: calendar.Natural}
	}
	return calendar.Budget{Days: l.Days, Unit: calendar.Working}
}

// count writes a case into the ledger.
func (l Ledger) count(c Case) {
	m := l.at(c.Received)
	m.Received++
	if c.Channel != "window" {
		m.Remote++
	}
	if !c.Accepted.IsZero() {
		l.at(c.Accepted).Accepted++
	}
	if c.Done.IsZero() {
		return
	}
	m = l.at(c.Done)
	m.Ended++
	switch c.State {
	case window.Granted:
		m.Granted++
	case window.Refused:
		m.Refused++
	case window.Withdrawn:
		m.Withdrawn++
	}
	if c.Notices > 0 {
		m.Noticed++
	}
	if c.Notices > 1 {
		m.NoticedAgain++
	}
	if (c.State == window.Granted || c.State == window.Denied) && c.Item.Handling != matter.Immediate && c.Item.Promise.Days > 0 {
		m.Promised++
		m.PromisedDays += int64(c.Item.Promise.Days)
		m.UsedDays += int64(c.Used)
		m.StoppedDays += int64(c.Stopped)
		if c.Used <= c.Item.Promise.Days {
			m.OnTime++
		}
	}
}
