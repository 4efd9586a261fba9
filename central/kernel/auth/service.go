package auth

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the tables of accounts and sessions.
func Migrations() db.Migrations { return db.Migrations{Name: "auth", FS: files} }

// Account is one person who works here (工作人员账号).
type Account struct {
	ID         string
	Login      string
	Name       string
	Desk       string // window label, such as "B 区 12 号窗"
	Department string
	Roles      []string
	Disabled   bool
}

func (a Account) actor() Actor {
	return Actor{Kind: Staff, ID: a.ID, Name: a.Name, Desk: a.Desk, Department: a.Department, Roles: a.Roles}
}

// Limits are the times and numbers of signing in. The zero value means the
// usual ones.
type Limits struct {
	Idle     time.Duration // a session without a request ends; 30 min
	Absolute time.Duration // a session ends whatever happens; 12 h
	Failures int           // failed tries per account and source before it is locked; 5
	Source   int           // failed tries of one source over all accounts; 30
	Lock     time.Duration // how long a lock lasts; 10 min
}

func (l Limits) filled() Limits {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&l.Idle, 30*time.Minute)
	set(&l.Absolute, 12*time.Hour)
	set(&l.Lock, 10*time.Minute)
	if l.Failures == 0 {
		l.Failures = 5
	}
	if l.Source == 0 {
		l.Source = 30
	}
	return l
}

// Service keeps accounts and sessions in one database. It is safe for
// concurrent use, and all copies of the program share what it keeps.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	log    *slog.Logger
	roles  *Roles
	hasher *hasher
	limits Limits
}

// Options are what New needs.
type Options struct {
	DB     *db.DB
	Clock  clock.Clock
	Log    *slog.Logger
	Roles  *Roles
	Limits Limits
}

// New returns the service.
func New(o Options) *Service {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Roles == nil {
		o.Roles = &Roles{}
	}
	return &Service{db: o.DB, clock: o.Clock, log: o.Log, roles: o.Roles, hasher: newHasher(usual), limits: o.Limits.filled()}
}

// UseRoles sets the table of roles, once all modules have declared theirs and
// before the first request.
func (s *Service) UseRoles(r *Roles) { s.roles = r }

// Roles returns the table of roles in use.
func (s *Service) Roles() *Roles { return s.roles }

// Create adds an account with its first password and returns its id.
func (s *Service) Create(ctx context.Context, a Account, password string) (string, error) {
	a.Login = normal(a.Login)
	if a.Login == "" || a.Name == "" {
		return "", errs.E(errs.Invalid, "auth.incomplete", "请填写登录名和姓名", nil)
	}
	if err := s.roles.Check(a.Roles); err != nil {
		return "", err
	}
	if err := CheckPassword(a.Login, password); err != nil {
		return "", err
	}
	kept, err := s.hasher.hash(ctx, password)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	roles, err := json.Marshal(a.Roles)
	if err != nil {
		return "", fmt.Errorf("encode roles: %w", err)
	}
	id := ids.New()
	err = s.db.Do(ctx, func(tx db.Tx) error {
		now := db.Ms(tx.Now())
		_, err := tx.ExecContext(ctx, `INSERT INTO auth_account
			(id, login, name, desk, department, roles, password, disabled, created, changed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8)`,
			id, a.Login, a.Name, a.Desk, a.Department, string(roles), kept, now)
		if db.IsUnique(err) {
			return errs.E(errs.Conflict, "auth.login_taken", "这个登录名已经有人用了，请换一个", err)
		}
		if err != nil {
			return fmt.Errorf("insert account: %w", err)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.create", Object: id, Detail: map[string]string{"roles": string(roles)}})
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// SetPassword changes the password of an account and ends all its sessions.
func (s *Service) SetPassword(ctx context.Context, id, password string) error {
	a, _, err := s.account(ctx, `id = $1`, id)
	if err != nil {
		return err
	}
	if err := CheckPassword(a.Login, password); err != nil {
		return err
	}
	kept, err := s.hasher.hash(ctx, password)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	return s.change(ctx, id, "auth.set_password", `password = $1`, kept)
}

// Disable closes an account and ends all its sessions at once.
func (s *Service) Disable(ctx context.Context, id string) error {
	return s.change(ctx, id, "auth.disable", `disabled = $1`, 1)
}

// SetRoles gives an account exactly these roles and ends all its sessions.
func (s *Service) SetRoles(ctx context.Context, id string, roles []string) error {
	if err := s.roles.Check(roles); err != nil {
		return err
	}
	text, err := json.Marshal(roles)
	if err != nil {
		return fmt.Errorf("encode roles: %w", err)
	}
	return s.change(ctx, id, "auth.set_roles", `roles = $1`, string(text))
}

// change sets one column, ends the sessions and records it, in one act.
func (s *Service) change(ctx context.Context, id, action, set string, value any) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE auth_account SET `+set+`, changed = $2 WHERE id = $3`, value, db.Ms(tx.Now()), id)
		if err != nil {
			return fmt.Errorf("change account: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errs.E(errs.NotFound, "auth.no_account", "没有这个账号，请核对", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM auth_session WHERE account = $1`, id); err != nil {
			return fmt.Errorf("end sessions: %w", err)
		}
		return audit.Write(ctx, tx, audit.Record{Action: action, Object: id})
	})
}

// account loads one account with its kept password.
func (s *Service) account(ctx context.Context, where string, arg any) (a Account, kept string, err error) {
	var roles string
	var disabled int
	err = s.db.View(ctx, func(q db.Query) error {
		return q.QueryRowContext(ctx, `SELECT id, login, name, desk, department, roles, password, disabled
			FROM auth_account WHERE `+where, arg).
			Scan(&a.ID, &a.Login, &a.Name, &a.Desk, &a.Department, &roles, &kept, &disabled)
	})
	if err != nil {
		return Account{}, "", err
	}
	a.Disabled = disabled != 0
	if err := json.Unmarshal([]byte(roles), &a.Roles); err != nil {
		return Account{}, "", fmt.Errorf("decode roles: %w", err)
	}
	return a, kept, nil
}
