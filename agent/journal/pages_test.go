package journal

import (
	"context"
	"errors"
	"testing"
	"time"

	"tongban/agent/clock"
	"tongban/agent/store"
	"tongban/drivers"
)

// counting is a printer that remembers no job. It gives one account after the other, the last one for ever.
type counting struct {
	drivers.LaserPrinter
	accounts []drivers.JobAccount
	life     int
	refuses  error // before the first byte
	breaks   error // after it
	resets   int
}

func (c *counting) Capabilities() drivers.LaserCapabilities { return drivers.LaserCapabilities{} }
func (c *counting) Reset(context.Context) error             { c.resets++; return nil }

func (c *counting) Account(_ context.Context, key string) (drivers.JobAccount, error) {
	a := c.accounts[0]
	if len(c.accounts) > 1 {
		c.accounts = c.accounts[1:]
	}
	a.Key = key
	return a, nil
}

func (c *counting) Print(_ context.Context, job drivers.PrintJob) (drivers.JobAccount, error) {
	if c.refuses != nil {
		return drivers.JobAccount{}, c.refuses
	}
	if err := job.Begins(c.life); err != nil {
		return drivers.JobAccount{}, err
	}
	return drivers.JobAccount{}, c.breaks
}

// quick is a clock on which waiting takes no time.
type quick struct{ *clock.Fake }

func (q quick) After(d time.Duration) <-chan time.Time {
	ch := q.Fake.After(d)
	q.Advance(d)
	return ch
}

func quickBook(t *testing.T, j Job) *Book {
	t.Helper()
	db, err := store.Open(t.Context(), databaseOf(t.TempDir()), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	b := Open(db, quick{clock.Fixed(time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC))})
	if err := b.Add(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	return b
}

// After a crash a printer that remembers no job is held to its count of all sides, once it is at rest.
func TestFateByCount(t *testing.T) {
	at := func(state drivers.JobState, life int) drivers.JobAccount {
		return drivers.JobAccount{State: state, Life: life, Impressions: -1, Sheets: -1}
	}
	for name, c := range map[string]struct {
		before   int
		sides    int
		accounts []drivers.JobAccount
		want     State
	}{
		"all came out":              {1200, 3, []drivers.JobAccount{at(drivers.JobNone, 1203)}, Printed},
		"nothing came out":          {1200, 3, []drivers.JobAccount{at(drivers.JobNone, 1200)}, Failed},
		"one came out":              {1200, 3, []drivers.JobAccount{at(drivers.JobNone, 1201)}, Unknown},
		"the last is on its way":    {1200, 3, []drivers.JobAccount{at(drivers.JobProcessing, 1202), at(drivers.JobNone, 1202), at(drivers.JobNone, 1203)}, Printed},
		"it begins late":            {1200, 1, []drivers.JobAccount{at(drivers.JobNone, 1200), at(drivers.JobProcessing, 1200), at(drivers.JobNone, 1201)}, Printed},
		"nobody counted the pages":  {1200, 0, []drivers.JobAccount{at(drivers.JobNone, 1201)}, Unknown},
		"nor did anything come out": {1200, 0, []drivers.JobAccount{at(drivers.JobNone, 1200)}, Failed},
		"it did not count before":   {0, 3, []drivers.JobAccount{at(drivers.JobNone, 1203)}, Unknown},
		"it does not count now":     {1200, 3, []drivers.JobAccount{at(drivers.JobNone, 0)}, Unknown},
		"it stands still":           {1200, 3, []drivers.JobAccount{at(drivers.JobStopped, 1201)}, Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			b := quickBook(t, Job{ID: "a", Kind: Pages, Cuts: -1, Sides: c.sides})
			p := &counting{life: c.before, accounts: c.accounts}
			var cause error
			func() { // the program dies in the middle
				defer func() { cause, _ = recover().(error) }()
				p.LaserPrinter = nil
				_, _, _ = b.Document(t.Context(), dying{p}, drivers.PrintJob{Key: "a"})
			}()
			if !errors.Is(cause, errDies) {
				t.Fatalf("it lived: %v", cause)
			}
			got, err := b.SettleDocuments(t.Context(), p)
			if err != nil || len(got) != 1 || got[0].State != c.want {
				t.Errorf("%+v %v, want %s", got, err, c.want)
			}
		})
	}
}

var errDies = errors.New("dies")

// dying takes the program down right after the job began.
type dying struct{ *counting }

func (d dying) Print(ctx context.Context, job drivers.PrintJob) (drivers.JobAccount, error) {
	if _, err := d.counting.Print(ctx, job); err != nil {
		return drivers.JobAccount{}, err
	}
	panic(errDies)
}

// What was refused before the first byte has failed for certain, however the refusal reads; what broke after it goes by its reason.
func TestDocumentsOfAPrinterThatForgets(t *testing.T) {
	canceled := &drivers.Error{Code: drivers.CodeCanceled}
	for name, c := range map[string]struct {
		p    counting
		want State
	}{
		"comes out":           {counting{life: 7}, Printed},
		"refused":             {counting{life: 7, refuses: canceled}, Failed},
		"breaks":              {counting{life: 7, breaks: &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonNotPrinted}}, Failed},
		"nobody knows":        {counting{life: 7, breaks: drivers.PrintUnknown("", nil)}, Unknown},
		"given up on its way": {counting{life: 7, breaks: canceled}, Unknown},
	} {
		b := quickBook(t, Job{ID: "a", Kind: Pages, Cuts: -1})
		_, e, err := b.Document(t.Context(), &c.p, drivers.PrintJob{Key: "a"})
		j, jerr := b.Get(t.Context(), "a")
		if err != nil || jerr != nil || e.State != c.want || j.State != c.want {
			t.Errorf("%s: %+v, journal says %s, %v %v", name, e, j.State, err, jerr)
		}
		if want := int64(7); c.p.refuses == nil && j.Cuts != want {
			t.Errorf("%s: count of %d was kept", name, j.Cuts)
		}
	}
}
