package auth

import (
	"embed"
	"log/slog"
	"sync/atomic"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/obs"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the tables of accounts and sessions.
func Migrations() db.Migrations { return db.Migrations{Name: "auth", FS: files} }

// Limits are the times and numbers of signing in. The zero value means the
// usual ones.
type Limits struct {
	Idle      time.Duration // a session of the workbench without a request ends; 15 min
	AdminIdle time.Duration // one of the management console; 10 min
	Absolute  time.Duration // a session ends whatever happens; 8 h
	SignOn    time.Duration // so does the sign-on it came of; 8 h
	Failures  int           // failed tries per account and source before it is locked; 5
	Source    int           // failed tries of one source over all accounts; 30
	Account   int           // failed tries of one account over all sources; 20
	Lock      time.Duration // how long a lock lasts; 15 min

	SecondFactor []string      // roles that need a second factor beside those of factors.yaml
	OneFactor    bool          // nobody needs one: for tests of other things
	QuickHash    bool          // passwords are kept at next to no cost: for tests of other things
	Age          time.Duration // a password older than this must be changed first; 90 days
	OneTime      time.Duration // how long a password that somebody else made opens the account; 7 days
	History      int           // how many former passwords are refused; 5
}

func (l Limits) filled() Limits {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&l.Idle, 15*time.Minute)
	set(&l.AdminIdle, 10*time.Minute)
	set(&l.Absolute, 8*time.Hour)
	set(&l.SignOn, 8*time.Hour)
	set(&l.Lock, 15*time.Minute)
	set(&l.Age, 90*24*time.Hour)
	set(&l.OneTime, 7*24*time.Hour)
	if l.History == 0 {
		l.History = 5
	}
	if l.Failures == 0 {
		l.Failures = 5
	}
	if l.Account == 0 {
		l.Account = 20
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
	factors     factorPolicy
	vault       Vault
	alarms      obs.Counter
	sms         SMS
	challenge   Challenge
	onEnd       OnEnd
	touching    chan struct{} // places of those who note a last request
}

// Options are what New needs.
type Options struct {
	DB      *db.DB
	Clock   clock.Clock
	Log     *slog.Logger
	Roles   *Roles
	Limits  Limits
	Vault   Vault
	Metrics *obs.Metrics
}

// New returns the service.
func New(o Options) (*Service, error) {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Roles == nil {
		o.Roles = &Roles{}
	}
	if o.Metrics == nil {
		o.Metrics = obs.NewMetrics()
	}
	factors, err := readFactors()
	if err != nil {
		return nil, err
	}
	return &Service{
		db: o.DB, clock: o.Clock, log: o.Log, declared: o.Roles, hasher: newHasher(o.Limits.hash()), limits: o.Limits.filled(),
		factors: factors, vault: o.Vault, touching: make(chan struct{}, 2),
		alarms: o.Metrics.Counter("tongban_auth_alarms_total", "Times that failed sign-ins reached a limit that somebody must look at."),
	}, nil
}
