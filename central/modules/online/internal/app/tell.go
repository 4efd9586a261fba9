package app

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/online/internal/store"
)

// JobTell is the job that tells the channels where their cases stand.
const JobTell = "online.tell"

// Standing is where a case stands, as its channel is told. No personal data.
type Standing struct {
	CaseNo    string    `json:"case_no"`
	Version   int64     `json:"version"` // rises; an older one changes nothing
	State     string    `json:"state"`
	StateText string    `json:"state_text"`
	Accepted  string    `json:"accepted_on,omitempty"`
	Due       string    `json:"due,omitempty"`
	NoticeDue string    `json:"notice_due,omitempty"` // until when the applicant brings what is missing
	ClosedAt  time.Time `json:"closed_at,omitzero"`
}

// Followed are the topics that Do wants.
func Followed() []string { return []string{"window."} }

// Do notes that a case of a channel moved: the channel will be told.
func (a *App) Do(ctx context.Context, tx db.Tx, e events.Event) error {
	ours, err := store.Raise(ctx, tx, e.Key)
	if err != nil || !ours {
		return err
	}
	return a.Jobs.Add(ctx, tx, JobTell, nil, jobs.Opts{MaxAttempts: 1})
}

// mostTold bounds what one run tells a channel.
const mostTold = 100

// ErrNotTaken means that a channel answered, and did not take what it was told.
var ErrNotTaken = errors.New("channel did not take it")

// Tell is the handler of JobTell. What a channel does not take stays and is told again; a silent channel keeps no other waiting.
func (a *App) Tell(ctx context.Context, _ json.RawMessage) error {
	var all error
	for _, c := range a.Channels {
		all = errors.Join(all, a.tellAll(asChannel(ctx, c.Code()), c))
	}
	return all
}

func (a *App) tellAll(ctx context.Context, c Channel) error {
	var waiting []store.Submission
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		waiting, err = store.Unsent(ctx, q, c.Code(), mostTold)
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range waiting {
		f, err := a.Cases.Facts(ctx, s.CaseNo)
		if err != nil {
			return err
		}
		err = c.Tell(ctx, s.Ref, Standing{
			CaseNo: s.CaseNo, Version: s.Version, State: string(f.State), StateText: f.State.Text(), Accepted: f.AcceptedOn, Due: f.Due, NoticeDue: f.NoticeDue, ClosedAt: f.ClosedAt,
		})
		switch {
		case errors.Is(err, ErrNotTaken):
			a.Log.WarnContext(ctx, "channel did not take a state", "channel", c.Code(), "case", s.CaseNo, "cause", err.Error())
			continue
		case errors.Is(err, adapter.ErrCut), errors.Is(err, adapter.ErrOff), errors.Is(err, adapter.ErrLimited), errors.Is(err, adapter.ErrFailed):
			return nil // the page of the systems shows it; the next run tells again
		case err != nil:
			return err
		}
		if err := a.DB.Do(ctx, func(tx db.Tx) error { return store.Sent(ctx, tx, s) }); err != nil {
			return err
		}
	}
	return nil
}
