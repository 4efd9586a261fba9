package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/internal/door"
)

// Handler does one job. args is the JSON of what was given to Add. An error
// means: try again later; Cancel(err) means: never again.
type Handler func(ctx context.Context, args json.RawMessage) error

// Options tune New. The zero value is good.
type Options struct {
	Log         *slog.Logger
	Clock       clock.Clock                     // decides when a job is due; the system's when nil
	Workers     int                             // most jobs at once in this copy; 8 when 0
	Poll        time.Duration                   // how often the queue is looked at; 200 ms when 0
	MaxAttempts int                             // tries before a job is given up; 25 when 0
	Backoff     func(attempt int) time.Duration // pause after a failed attempt (1, 2…); Pause when nil
	Timeout     time.Duration                   // longest run of one job; 5 min when 0
}

// Jobs is the queue of one database. It is safe for concurrent use.
type Jobs struct {
	client *river.Client[*sql.Tx]
	db     *db.DB
	opts   Options

	mu       sync.RWMutex
	handlers map[string]Handler
	started  bool
	end      context.CancelFunc // ends what runs beside the engine
	beside   sync.WaitGroup
}

// New returns the queue kept in d; nothing runs before Start.
func New(d *db.DB, opts Options) (*Jobs, error) {
	opts = opts.filled()
	j := &Jobs{db: d, opts: opts, handlers: map[string]Handler{}}

	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{run: j.run})
	client, err := river.NewClient(driver(d), &river.Config{
		ID:                d.CopyID(),
		Workers:           workers,
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: opts.Workers}},
		FetchPollInterval: opts.Poll,
		FetchCooldown:     min(opts.Poll, 50*time.Millisecond),
		MaxAttempts:       opts.MaxAttempts,
		JobTimeout:        opts.Timeout,
		// A job whose copy of the program died is taken up again soon after it
		// could have ended, not an hour later.
		RescueStuckJobsAfter: opts.Timeout + time.Minute,
		RetryPolicy:          retry{opts},
		// The role of the program owns no tables and could not rebuild an index.
		ReindexerIndexNames: []string{},
		Logger:              quiet(opts.Log),
		Test:                river.TestConfig{Time: times(opts.Clock)},
	})
	if err != nil {
		return nil, fmt.Errorf("make job queue: %w", err)
	}
	j.client = client
	return j, nil
}

// Register names the handler of a kind. It panics on a second handler for the
// same kind, which is a mistake of wiring.
func (j *Jobs) Register(kind string, h Handler) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, twice := j.handlers[kind]; twice {
		panic("jobs: two handlers for kind " + kind)
	}
	j.handlers[kind] = h
}

// Opts tune one job. The zero value runs it at once.
type Opts struct {
	RunAt       time.Time // not before this instant
	MaxAttempts int       // tries before it is given up; the queue's when 0
	// Unique keeps one job of this kind and key at a time: while one waits or
	// runs, adding another is not an error and does nothing.
	Unique string
}

// Add adds a job in tx: it runs only when tx commits.
func (j *Jobs) Add(ctx context.Context, tx db.Tx, kind string, args any, opts Opts) error {
	text, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("encode job %s: %w", kind, err)
	}
	env := envelope{Name: kind, Args: string(text), Key: opts.Unique}
	insert := &river.InsertOpts{MaxAttempts: opts.MaxAttempts, ScheduledAt: opts.RunAt}
	if opts.Unique != "" {
		env.Args, insert.UniqueOpts = "", river.UniqueOpts{ByArgs: true, ByState: pending}
		insert.Metadata, err = json.Marshal(map[string]json.RawMessage{"args": text})
		if err != nil {
			return fmt.Errorf("encode job %s: %w", kind, err)
		}
	}
	if _, err := j.client.InsertTx(ctx, db.Raw(door.Key{}, tx), env, insert); err != nil {
		return fmt.Errorf("add job %s: %w", kind, err)
	}
	return nil
}

// pending are the states in which a unique job counts as being there.
var pending = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
	rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

// Every runs the job kind at each interval, once over all copies of the
// program. Call it before Start.
func (j *Jobs) Every(kind string, interval time.Duration, atStart bool) {
	j.client.PeriodicJobs().Add(river.NewPeriodicJob(
		river.PeriodicInterval(interval),
		func() (river.JobArgs, *river.InsertOpts) {
			return envelope{Name: kind, Args: "null", Key: "every"},
				&river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: pending}}
		},
		&river.PeriodicJobOpts{RunOnStart: atStart},
	))
}

// Start begins to run jobs until Stop; ctx bounds the start only.
func (j *Jobs) Start(ctx context.Context) error {
	j.db.Live(ctx) // before the first job: the others must not think it orphaned
	if err := j.resume(ctx); err != nil {
		return err
	}
	if err := j.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	beside, end := context.WithCancel(context.WithoutCancel(ctx))
	j.mu.Lock()
	j.started, j.end = true, end
	j.mu.Unlock()
	j.beside.Go(func() { j.rescue(beside) })
	return nil
}

// Stop takes no new jobs and waits for running ones. When ctx ends first, they
// are cancelled, and run again later.
func (j *Jobs) Stop(ctx context.Context) error {
	j.mu.Lock()
	started := j.started
	j.started = false
	j.mu.Unlock()
	if !started {
		return nil
	}
	defer j.beside.Wait()
	defer j.end()
	err := j.client.Stop(ctx)
	if err == nil {
		return nil
	}
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := j.client.StopAndCancel(hard); err != nil {
		return fmt.Errorf("stop jobs: %w", err)
	}
	return nil
}

// errUnknown makes a job wait for a copy of the program that knows its kind.
var errUnknown = errors.New("no handler for this kind of job")

func (j *Jobs) run(ctx context.Context, job *river.Job[envelope]) error {
	j.mu.RLock()
	h, ok := j.handlers[job.Args.Name]
	j.mu.RUnlock()
	if !ok {
		return fmt.Errorf("%w: %s", errUnknown, job.Args.Name)
	}
	args := json.RawMessage(job.Args.Args)
	if job.Args.Args == "" {
		var meta struct {
			Args json.RawMessage `json:"args"`
		}
		if err := json.Unmarshal(job.Metadata, &meta); err != nil {
			return river.JobCancel(fmt.Errorf("decode job: %w", err))
		}
		args = meta.Args
	}

	ctx = actor.With(ctx, actor.Actor{Kind: actor.System, ID: "job:" + job.Args.Name})
	err := h(ctx, args)
	if err != nil {
		j.opts.Log.WarnContext(ctx, "job did not succeed", "kind", job.Args.Name, "job", job.ID,
			"attempt", job.Attempt, "code", errs.CodeOf(err), "cause", err.Error())
	}
	var never *cancelled
	if errors.As(err, &never) {
		return river.JobCancel(err)
	}
	return err
}
