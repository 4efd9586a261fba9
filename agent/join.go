package main

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"tongban/agent/app"
	"tongban/agent/clock"
	"tongban/agent/diagnostics"
	"tongban/agent/enrol"
	"tongban/agent/link"
	"tongban/fleet/wire"
)

// Pauses between two tries to enrol: an unreachable centre soon, a refused code rarely.
const (
	enrolRetry   = 2 * time.Second
	enrolRefused = time.Minute
	pollOnline   = 200 * time.Millisecond

	certificateEvery = time.Hour // how often the centre is asked whether the certificate is to be renewed
)

// join makes the terminal part of the fleet: identity, uplink, catalogue. joined is closed when citizens can be served, or
// when that will not happen by itself.
func (a *agent) join(ctx context.Context, joined chan<- struct{}) {
	defer close(joined)
	id, err := a.identity(ctx)
	if err != nil {
		if ctx.Err() == nil {
			a.log.Error("terminal has no identity", "err", err)
		}
		return
	}
	up := a.uplink(ctx, id)
	a.app.Enrolled(app.Station{
		Code: id.Terminal, Number: id.Number, Place: id.Place, Label: id.Label, Public: id.Public, Sealer: id.Sealer(),
		Centre: &link.Centre{Base: id.Web, HTTP: id.HTTP()}, Online: up.Online,
	})
	a.desk.Enrolled(diagnostics.Station{Terminal: id.Terminal, Label: id.Label, Key: id.ServiceKey, Sealer: id.Sealer()})
	a.log.Info("terminal is enrolled", "terminal", id.Terminal, "epoch", id.Epoch)
	a.app.Touch() //nolint:contextcheck // counts by itself, whoever rings
	a.wg.Go(func() { up.Run(ctx) })
	a.wg.Go(func() { a.tellDevices(ctx, up) })
	a.wg.Go(func() { id.Keep(ctx, a.clock, certificateEvery, a.log) })
	hurry := make(chan struct{}, 1)
	a.wg.Go(func() { a.hurryContent(ctx, up, hurry) })
	a.wg.Go(func() { a.content.Run(ctx, id.Web, id.HTTP(), hurry, a.app.Touch) })
	for ctx.Err() == nil {
		if _, ok := a.content.Snapshot(); ok {
			break
		}
		_ = clock.Sleep(ctx, a.clock, 50*time.Millisecond)
	}
}

// identity loads or gets the terminal's certificate; it does not give up while there is a code.
func (a *agent) identity(ctx context.Context) (*enrol.Identity, error) {
	c := a.config
	dir := filepath.Join(c.Data, identityFolder)
	id, err := enrol.Load(dir)
	if !errors.Is(err, enrol.ErrNotEnrolled) {
		return id, err
	}
	if c.EnrolCode == "" || c.Centre == "" || c.CA == "" {
		return nil, errors.Join(err, errors.New("give centre, ca and enrol_code"))
	}
	for {
		id, err := enrol.Enrol(ctx, enrol.Request{Dir: dir, Centre: c.Centre, CA: c.CA, Code: c.EnrolCode, Model: c.Model, Before: func(e wire.Enrolment) error {
			return a.box.Floor(ctx, a.clock.Now().In(clock.Shanghai), e.CaseSeq)
		}})
		if err == nil {
			return id, nil
		}
		pause := enrolRetry
		if _, refused := errors.AsType[*enrol.RefusedError](err); refused {
			pause = enrolRefused
		}
		a.log.Warn("terminal is not enrolled yet", "err", err, "retry_in", pause)
		if err := clock.Sleep(ctx, a.clock, pause); err != nil {
			return nil, err
		}
	}
}

func (a *agent) uplink(ctx context.Context, id *enrol.Identity) *link.Link {
	return link.New(link.Options{
		Terminal: id.Terminal, Dial: link.MQTT(id.Broker, id.Terminal, id.TLS()), Files: &link.Uploader{Base: id.Web, HTTP: id.HTTP()},
		Box: a.box, Clock: a.clock, Log: a.log, Status: a.status, Changed: a.app.Touch, Moved: a.app.CaseMoved, Answered: a.app.Receipt,
		Ordered: func(raw []byte) { a.wg.Go(func() { a.desk.Order(ctx, raw) }) },
	})
}

// status is the terminal's own report to the fleet.
func (a *agent) status() wire.Status {
	s := wire.Status{Version: version}
	for _, d := range a.rack.All() {
		s.Devices = append(s.Devices, wire.DeviceStatus{Name: d.Name, Kind: string(d.Kind), State: string(d.State), Code: string(d.Code)})
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	var err error
	if s.Queue, err = a.box.Waiting(ctx); err != nil {
		a.log.Warn("queue cannot be counted", "err", err)
	}
	if s.DiskFree, err = a.box.DiskFree(); err != nil {
		a.log.Warn("disk cannot be measured", "err", err)
	}
	return s
}

func (a *agent) tellDevices(ctx context.Context, up *link.Link) {
	bell := a.rack.Watch()
	for {
		select {
		case <-ctx.Done():
			return
		case <-bell:
			up.Tell()
		}
	}
}

// hurryContent asks for the catalogue as soon as the network is back.
func (a *agent) hurryContent(ctx context.Context, up *link.Link, hurry chan<- struct{}) {
	was := false
	for clock.Sleep(ctx, a.clock, pollOnline) == nil {
		on, _ := up.Online()
		if on && !was {
			select {
			case hurry <- struct{}{}:
			default:
			}
		}
		was = on
	}
}
