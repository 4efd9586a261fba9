package fleet

import (
	"time"

	"tongban/central/kernel/errs"
	"tongban/fleet/wire"
)

// PermRemote allows asking a terminal for a remote diagnosis (远程诊断): a check may print a strip or play a sound over there.
const PermRemote = "fleet:terminal.diagnose"

// EventRemote is emitted when a remote diagnosis was asked for and with each part of its answer; Data: RemoteMoved.
const EventRemote = "fleet.remote"

// RemoteMoved is the data of EventRemote.
type RemoteMoved struct {
	Terminal string           `json:"terminal"`
	ID       string           `json:"id"`
	State    wire.RemoteState `json:"state"`
}

// RemoteSilent is the state of an order that nobody answered, or whose answers broke off (没有应答). It is seen by the clock and
// not kept: an answer that comes all the same counts.
const RemoteSilent wire.RemoteState = "silent"

// Pauses after which a terminal counts as silent: an order that was not taken by then is not carried out any more.
const (
	RemoteFirst = wire.RemoteLife
	RemoteNext  = time.Minute
)

// ErrRemoteUnderWay means that this terminal is still busy with an earlier order.
var ErrRemoteUnderWay = errs.E(errs.Conflict, "fleet.remote_under_way", "这台终端上一次检查还没有做完，请等它出结果再查", nil)

// ErrNoSuchRemote means that nobody asked for this.
var ErrNoSuchRemote = errs.E(errs.NotFound, "fleet.no_such_remote", "没有这一次远程检查，请回列表重新选", nil)

// Remote is one remote diagnosis (远程诊断).
type Remote struct {
	ID         string
	Terminal   string
	Task       wire.RemoteTask
	AskedBy    string
	AskedAt    time.Time
	State      wire.RemoteState
	AnsweredAt time.Time // zero before the first part
	Report     wire.RemoteReport
}

// Seen is the state as it looks at the moment now.
func (r Remote) Seen(now time.Time) wire.RemoteState {
	switch {
	case r.State == wire.RemoteAsked && now.After(r.AskedAt.Add(RemoteFirst)):
		return RemoteSilent
	case r.State == wire.RemoteRunning && now.After(r.AnsweredAt.Add(RemoteNext)):
		return RemoteSilent
	}
	return r.State
}
