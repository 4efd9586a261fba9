package auth

import (
	"embed"
	"log/slog"
	"sync/atomic"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the tables of accounts and sessions.
func Migrations() db.Migrations { return db.Migrations{Name: "auth", FS: files} }

// Limits are the times and numbers of signing in. The zero value means the
// usual ones.
type Limits struct {
	Idle     time.Duration // a session without a request ends; 30 min
	Absolute time.Duration // a session ends whatever happens; 12 h
	Failures int           // failed tries per account and source before it is locked; 5
	Source   int           // failed tries of one source over all accounts; 30
	Lock     time.Duration // how long a lock lasts; 10 min
	Age      time.Duration // a password older than this must be changed first; 90 days
	OneTime  time.Duration // how long a password that somebody else made opens the account; 7 days
	History  int           // how many former passwords are refused; 5
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
	set(&l.Age, 90*24*time.Hour)
	set(&l.OneTime, 7*24*time.Hour)
	if l.History == 0 {
		l.History = 5
	}
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
	db          *db.DB
	clock       clock.Clock
	log         *slog.Logger
	declared    *Roles
	rights      atomic.Pointer[rights]
	departments Departments
	hasher      *hasher
	limits      Limits
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
	return &Service{db: o.DB, clock: o.Clock, log: o.Log, declared: o.Roles, hasher: newHasher(usual), limits: o.Limits.filled()}
}
