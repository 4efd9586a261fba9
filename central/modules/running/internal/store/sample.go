package store

import (
	"context"
	"time"

	"tongban/central/kernel/db"
)

// Sample is one measurement, or the mean of several.
type Sample struct {
	Host, Metric string
	At           time.Time
	Mean, Most   float64
}

func readSample(s scanner) (v Sample, err error) {
	var at int64
	err = s.Scan(&v.Host, &v.Metric, &at, &v.Mean, &v.Most)
	v.At = db.FromMs(at)
	return v, err
}

// Steps are the lengths in seconds of what a sample stands for: minutes are kept for two days, quarters for 35, hours for two years.
const (
	Minute  = 60
	Quarter = 900
	Hour    = 3600
)

// AddSample counts one measurement into its minute, quarter and hour.
func AddSample(ctx context.Context, tx db.Tx, host, metric string, value float64) error {
	for _, step := range []int64{Minute, Quarter, Hour} {
		ms := step * 1000
		err := exec(ctx, tx, "keep sample", `INSERT INTO running_sample (host, metric, step, at, mean, most, n) VALUES ($1, $2, $3, $4, $5, $5, 1)
			ON CONFLICT (metric, step, at, host) DO UPDATE SET
				mean = (running_sample.mean * running_sample.n + excluded.mean) / (running_sample.n + 1),
				most = CASE WHEN excluded.most > running_sample.most THEN excluded.most ELSE running_sample.most END,
				n = running_sample.n + 1`,
			host, metric, step, tx.Now().UnixMilli()/ms*ms, value)
		if err != nil {
			return err
		}
	}
	return nil
}

// Samples returns the samples of one step since a moment, by metric, host and time.
func Samples(ctx context.Context, q db.Query, step int, since time.Time) ([]Sample, error) {
	return all(ctx, q, "samples", readSample,
		`SELECT host, metric, at, mean, most FROM running_sample WHERE step = $1 AND at >= $2 ORDER BY metric, host, at`, step, db.Ms(since))
}

// ForgetSamples deletes what is kept in longer steps only.
func ForgetSamples(ctx context.Context, tx db.Tx, now time.Time) error {
	for step, life := range map[int]time.Duration{Minute: 48 * time.Hour, Quarter: 35 * 24 * time.Hour, Hour: 731 * 24 * time.Hour} {
		if err := exec(ctx, tx, "forget samples", `DELETE FROM running_sample WHERE step = $1 AND at < $2`, step, db.Ms(now.Add(-life))); err != nil {
			return err
		}
	}
	return nil
}

// Span is a time during which a system worked.
type Span struct {
	System   string
	From, To time.Time
}

func readSpan(s scanner) (v Span, err error) {
	var from, to int64
	err = s.Scan(&v.System, &from, &to)
	v.From, v.To = db.FromMs(from), db.FromMs(to)
	return v, err
}

// Spans returns the times that reach past since, of one system or of all ("").
func Spans(ctx context.Context, q db.Query, system string, since time.Time) ([]Span, error) {
	return all(ctx, q, "spans", readSpan, `SELECT system, from_at, to_at FROM running_span WHERE to_at >= $1 AND ($2 = '' OR system = $2) ORDER BY system, from_at`,
		db.Ms(since), system)
}

// LastSpan returns the newest time of a system; false before the first.
func LastSpan(ctx context.Context, q db.Query, system string) (Span, bool, error) {
	list, err := all(ctx, q, "spans", readSpan, `SELECT system, from_at, to_at FROM running_span WHERE system = $1 ORDER BY from_at DESC LIMIT 1`, system)
	if err != nil || len(list) == 0 {
		return Span{}, false, err
	}
	return list[0], true, nil
}

// Begin starts a new time at now.
func Begin(ctx context.Context, tx db.Tx, system string, now time.Time) error {
	return exec(ctx, tx, "begin span", `INSERT INTO running_span (system, from_at, to_at) VALUES ($1, $2, $2) ON CONFLICT (system, from_at) DO NOTHING`, system, db.Ms(now))
}

// Reach lengthens a time to now; it never becomes shorter.
func Reach(ctx context.Context, tx db.Tx, s Span, now time.Time) error {
	return exec(ctx, tx, "lengthen span", `UPDATE running_span SET to_at = $3 WHERE system = $1 AND from_at = $2 AND to_at < $3`, s.System, db.Ms(s.From), db.Ms(now))
}

// Incident is one outage or fault.
type Incident struct {
	ID, System, Title string
	From, To          time.Time // To is zero while it lasts
	Source            string    // probe or person
	Cause, Person     string
}

func readIncident(s scanner) (v Incident, err error) {
	var from, to int64
	err = s.Scan(&v.ID, &v.System, &v.Title, &from, &to, &v.Source, &v.Cause, &v.Person)
	v.From, v.To = db.FromMs(from), db.FromMs(to)
	return v, err
}

const incidentColumns = `id, system, title, from_at, to_at, source, cause, person`

// Incidents returns those that reach past since, newest first.
func Incidents(ctx context.Context, q db.Query, since time.Time) ([]Incident, error) {
	return all(ctx, q, "incidents", readIncident, `SELECT `+incidentColumns+` FROM running_incident WHERE to_at = 0 OR to_at >= $1 ORDER BY from_at DESC, id DESC`, db.Ms(since))
}

// GetIncident returns one, or running.ErrNoSuch.
func GetIncident(ctx context.Context, q db.Query, id string) (Incident, error) {
	return one("incident", readIncident, q.QueryRowContext(ctx, `SELECT `+incidentColumns+` FROM running_incident WHERE id = $1`, id))
}

// PutIncident keeps a new one or changes what may change.
func PutIncident(ctx context.Context, tx db.Tx, v Incident) error {
	return exec(ctx, tx, "keep incident", `INSERT INTO running_incident (`+incidentColumns+`, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET to_at = excluded.to_at, cause = excluded.cause, person = excluded.person, title = excluded.title`,
		v.ID, v.System, v.Title, db.Ms(v.From), db.Ms(v.To), v.Source, v.Cause, v.Person, db.Ms(tx.Now()))
}
