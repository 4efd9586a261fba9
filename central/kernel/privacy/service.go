package privacy

import (
	"embed"
	"fmt"
	"log/slog"
	"sync"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/vault"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the tables of labels, holds, retention and re-sealing.
func Migrations() db.Migrations { return db.Migrations{Name: "kernel_privacy", FS: files} }

// Options is what New needs.
type Options struct {
	DB    *db.DB
	Vault *vault.Vault
	Clock clock.Clock
	Jobs  *jobs.Jobs
	Log   *slog.Logger
}

// Service does what hangs on the list. It is safe for concurrent use.
type Service struct {
	Declared
	Options

	mu      sync.RWMutex
	columns []Held
	rules   []Rule
	sources []Source
	counts  map[string]counted // by column
}

// New returns the service with its jobs registered; modules add what they hold with Register.
func New(o Options, d Declared) *Service {
	s := &Service{Declared: d, Options: o}
	if o.Jobs != nil {
		s.chores()
	}
	return s
}

// The errors of this package; compare with errors.Is.
var (
	// ErrReason means that no reason from the list was given, or one that asks for words came without them.
	ErrReason = errs.E(errs.Invalid, "privacy.no_reason", "请选择查看理由；选“其他”等理由时请写明，不少于 4 个字", nil)
	// ErrClearance means that the subject's clearance is below the label.
	ErrClearance = errs.E(errs.Forbidden, "privacy.clearance", "您的安全级别低于这项数据的标记，不能查看", nil)
	// ErrNoClass means a class that nobody declared.
	ErrNoClass = errs.E(errs.NotFound, "privacy.no_class", "没有这一类字段", nil)
	// ErrLabel means that a label does not hold: it was changed outside of this program.
	ErrLabel = errs.E(errs.Unavailable, "privacy.label_tampered", "数据的安全标记被改动过，已停止访问，请联系安全管理员", nil)
)

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
