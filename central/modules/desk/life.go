package desk

// step is one row of a task's life.
type step struct {
	from State
	act  Act
	to   State
}

// life is the whole life of a task (任务生命周期). While somebody is being asked nothing is decided: the answer would come too late
// to count. A task ends by its own decision, or because the case ended elsewhere.
var life = []step{
	{Waiting, ActSign, Reviewing},
	{Waiting, ActRefuse, Returned},
	{Returned, ActResend, Waiting},
	{Reviewing, ActAsk, Asking},
	{Reviewing, ActForward, Forwarded},
	{Reviewing, ActPause, Reviewing},
	{Reviewing, ActResume, Reviewing},
	{Reviewing, ActExtend, Reviewing},
	{Reviewing, ActDecide, Decided},
	{Asking, ActAsk, Asking},
	{Asking, ActAnswer, Asking},
	{Asking, ActSettle, Reviewing},
	{Asking, ActPause, Asking},
	{Asking, ActResume, Asking},
	{Asking, ActExtend, Asking},
	{Forwarded, ActReply, Reviewing},
	{Forwarded, ActPause, Forwarded},
	{Forwarded, ActResume, Forwarded},
	{Forwarded, ActExtend, Forwarded},
	{Waiting, ActClose, Closed},
	{Returned, ActClose, Closed},
	{Reviewing, ActClose, Closed},
	{Asking, ActClose, Closed},
	{Forwarded, ActClose, Closed},
}

// Next returns the state after act, or ErrNotNow.
func Next(from State, act Act) (State, error) {
	for _, s := range life {
		if s.from == from && s.act == act {
			return s.to, nil
		}
	}
	return "", ErrNotNow
}

// Acts lists what may be done with a task now, in the order of the table.
func Acts(from State) []Act {
	acts := []Act{}
	for _, s := range life {
		if s.from == from && s.act != ActClose {
			acts = append(acts, s.act)
		}
	}
	return acts
}

// Open reports whether somebody still has to do something with the task.
func (s State) Open() bool { return s != Decided && s != Closed }

// Text is the one word for s on every screen.
func (s State) Text() string {
	return map[State]string{
		Waiting: "待签收", Returned: "已退回窗口", Reviewing: "审查中", Asking: "征询意见中", Forwarded: "已转报", Decided: "已决定", Closed: "窗口已办结",
	}[s]
}
