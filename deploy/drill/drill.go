// Package drill rehearses the loss of a whole centre (恢复演练): it starts the product, hands cases in, backs up, destroys
// the centre, restores it from the backup and says how long it took until a clerk saw an old case again and a citizen
// could hand in a new one.
package drill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tongban/agent/screen"
	"tongban/deploy/sim/client"
	"tongban/deploy/stack"
	"tongban/deploy/walk"
)

// Options of one rehearsal.
type Options struct {
	Bin      string
	Dir      string // for everything; made
	Database string // an empty PostgreSQL database; SQLite when empty
	Cases    int
}

// Result is what is printed (演练结果).
type Result struct {
	Engine       string  `json:"engine"`
	Cases        int     `json:"cases"`
	Rows         int64   `json:"rows"`
	RowsEqual    bool    `json:"rows_equal"`
	AuditOK      bool    `json:"audit_ok"`
	AuditRecords int64   `json:"audit_records"`
	Opened       int     `json:"sealed_values_opened"`
	Blobs        int64   `json:"blobs"`
	WrongRefused bool    `json:"wrong_passphrase_refused"`
	NoneRefused  bool    `json:"missing_keys_refused"`
	BackupMS     int64   `json:"backup_ms"`
	RestoreMS    int64   `json:"restore_ms"`  // the command
	GreenMS      int64   `json:"green_ms"`    // from the start of the restore until /readyz is green
	OldCaseMS    int64   `json:"old_case_ms"` // … until a clerk sees a case of before
	NewCaseMS    int64   `json:"new_case_ms"` // … until a new case from a terminal of before is accepted
	GoalMS       int64   `json:"goal_ms"`     // 30 minutes
	Green        bool    `json:"green"`
	RTO          float64 `json:"rto_seconds"` // old_case_ms
}

// goal is the contract's: repaired in less than 30 minutes.
const goal = 30 * time.Minute

const passphrase = "rehearsal-passphrase-2026"

type rehearsal struct {
	Options
	stack   *stack.Stack
	citizen *walk.Citizen
	clerk   *walk.Clerk
	first   string // password
	cases   []string
	repo    string
	keys    string
	out     Result
}

// Run rehearses once. The error says what did not hold; the result is as far as it came.
func Run(ctx context.Context, o Options) (out Result, err error) {
	r := &rehearsal{Options: o, repo: filepath.Join(o.Dir, "backup"), keys: filepath.Join(o.Dir, "keys.sealed")}
	r.out = Result{Engine: "sqlite", Cases: o.Cases, GoalMS: goal.Milliseconds()}
	if o.Database != "" {
		r.out.Engine = "postgres"
	}
	defer func() {
		if r.stack != nil {
			err = errors.Join(err, r.stack.Stop())
		}
		out = r.out
	}()
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"start", r.start}, {"hand in", r.handIn}, {"back up", r.backUp}, {"try without keys", r.withoutKeys}, {"destroy", r.destroy}, {"restore", r.restore},
	} {
		if err := step.do(ctx); err != nil {
			return r.out, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	r.out.Green = r.out.RowsEqual && r.out.AuditOK && r.out.Opened > 0 && r.out.WrongRefused && r.out.NoneRefused && r.out.NewCaseMS < r.out.GoalMS
	if !r.out.Green {
		return r.out, errors.New("not everything is green")
	}
	return r.out, nil
}

func (r *rehearsal) start(ctx context.Context) (err error) {
	r.stack, err = stack.Start(ctx, stack.Config{Bin: r.Bin, Dir: filepath.Join(r.Dir, "stack"), Database: r.Database, Fast: true, Terminals: stack.Usual()[:1]})
	if err != nil {
		return err
	}
	if r.first, err = walk.Password(r.stack.Secrets, "clerk"); err != nil {
		return err
	}
	if r.clerk, err = walk.SignIn(ctx, r.stack.Web, "clerk", r.first); err != nil {
		return err
	}
	if r.citizen, err = walk.Enter(ctx, r.stack.Terminals[0].UI); err != nil {
		return err
	}
	_, err = r.citizen.Until(ctx, 30*time.Second, "terminal online", walk.Online)
	return err
}

func (r *rehearsal) hand(ctx context.Context) (string, error) {
	done, _, err := r.citizen.Hand(ctx, client.New(r.stack.Terminals[0].Control), walk.Visit{Person: "dilnur", Item: "glbt", Sheet: "hukou"})
	if err != nil {
		return "", err
	}
	if err := r.clerk.Waits(ctx, done.CaseNo, 30*time.Second); err != nil {
		return "", err
	}
	_, err = r.citizen.Until(ctx, 30*time.Second, "slip printed", walk.SlipOut)
	return done.CaseNo, err
}

func (r *rehearsal) handIn(ctx context.Context) error {
	for range r.Cases {
		no, err := r.hand(ctx)
		if err != nil {
			return err
		}
		r.cases = append(r.cases, no)
		if _, err := r.citizen.Do(ctx, "visit/end", screen.EndVisit{Reason: "finished"}); err != nil {
			return err
		}
	}
	_, err := r.clerk.Accept(ctx, r.cases[0])
	return err
}

// central runs the centre's program to its end.
func (r *rehearsal) central(ctx context.Context, secret string, into any, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(r.Bin, "tongban-central"), args...) //nolint:gosec // our own program
	cmd.Env = append(os.Environ(), "TONGBAN_KEYS_PASSPHRASE="+secret)
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return fmt.Errorf("%s: %w: %s", args[0], err, strings.TrimSpace(string(exit.Stderr)))
		}
		return fmt.Errorf("%s: %w", args[0], err)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("%s: decode answer: %w", args[0], err)
	}
	return nil
}

func (r *rehearsal) data() string { return filepath.Join(r.stack.Dir, "central") }

// where names the database for a command.
func (r *rehearsal) where(args ...string) []string {
	if r.Database != "" {
		args = append(args, "--database", r.Database)
	}
	return args
}

// snapshot is the answer of backup, found again after the restore.
type snapshot struct {
	Snapshot string
	Rows     int64
	Blobs    struct{ Count, Bytes int64 }
	Audit    struct {
		Count int64
		Hash  string
	}
	Opened int
}

func (r *rehearsal) backUp(ctx context.Context) error {
	from := time.Now()
	var made snapshot
	if err := r.central(ctx, passphrase, &made, r.where("backup", "--data", r.data(), "--to", r.repo, "--keys", r.keys)...); err != nil {
		return err
	}
	r.out.BackupMS, r.out.Rows, r.out.Blobs = time.Since(from).Milliseconds(), made.Rows, made.Blobs.Count
	r.out.AuditRecords = made.Audit.Count
	return nil
}

// withoutKeys tries what a thief of the backup could. The target is another folder: nothing may appear in it.
func (r *rehearsal) withoutKeys(ctx context.Context) error {
	to := filepath.Join(r.Dir, "thief")
	try := func(secret, keys string) (bool, error) {
		err := r.central(ctx, secret, nil, r.where("restore", "--from", r.repo, "--keys", keys, "--to-data", to)...)
		left, readErr := os.ReadDir(filepath.Dir(to))
		if readErr != nil {
			return false, readErr
		}
		for _, e := range left {
			if strings.HasPrefix(e.Name(), "thief") {
				return false, fmt.Errorf("%s was left behind", e.Name())
			}
		}
		return err != nil && strings.Contains(err.Error(), "key file"), nil
	}
	var err error
	if r.out.WrongRefused, err = try(passphrase+"?", r.keys); err != nil {
		return err
	}
	r.out.NoneRefused, err = try(passphrase, filepath.Join(r.Dir, "nowhere"))
	return err
}

// destroy loses the machine: the program without warning, then everything that it kept.
func (r *rehearsal) destroy(ctx context.Context) error {
	r.stack.Central.Kill()
	if err := os.RemoveAll(r.data()); err != nil {
		return fmt.Errorf("remove data: %w", err)
	}
	if r.Database == "" {
		return nil
	}
	conn, err := pgx.Connect(ctx, r.Database)
	if err != nil {
		return errors.New("connect to the database to be destroyed")
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, statement := range []string{`DROP SCHEMA public CASCADE`, `CREATE SCHEMA public`} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("destroy database: %w", err)
		}
	}
	return nil
}

func (r *rehearsal) restore(ctx context.Context) error {
	begin := time.Now()
	since := func() int64 { return time.Since(begin).Milliseconds() }
	var got snapshot
	if err := r.central(ctx, passphrase, &got, r.where("restore", "--from", r.repo, "--keys", r.keys, "--to-data", r.data())...); err != nil {
		return err
	}
	r.out.RestoreMS = since()
	// The command compares table by table and refuses what differs; the sums are shown here.
	r.out.RowsEqual = got.Rows == r.out.Rows && got.Blobs.Count == r.out.Blobs
	r.out.AuditOK, r.out.Opened = got.Audit.Count == r.out.AuditRecords, got.Opened

	if err := r.stack.Central.Start(ctx, time.Minute, nil); err != nil {
		return err
	}
	if err := r.ready(ctx); err != nil {
		return err
	}
	r.out.GreenMS = since()
	var err error
	if r.clerk, err = walk.SignIn(ctx, r.stack.Web, "clerk", r.first); err != nil {
		return err
	}
	old, err := r.clerk.Case(ctx, r.cases[0])
	if err != nil {
		return err
	}
	if old.State != "accepted" {
		return fmt.Errorf("case %s is %q after the restore, it was accepted", old.No, old.State)
	}
	r.out.OldCaseMS = since()
	r.out.RTO = time.Duration(r.out.OldCaseMS * int64(time.Millisecond)).Seconds()
	if _, err := r.citizen.Until(ctx, time.Minute, "terminal online again", walk.Online); err != nil {
		return err
	}
	no, err := r.hand(ctx)
	if err != nil {
		return err
	}
	if _, err := r.clerk.Accept(ctx, no); err != nil {
		return err
	}
	r.out.NewCaseMS = since()
	return r.central(ctx, "", nil, r.where("audit", "verify", "--data", r.data())...)
}

func (r *rehearsal) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.stack.Admin+"/readyz", nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return errors.New("/readyz did not become green")
		case <-time.After(50 * time.Millisecond):
		}
	}
}
