// Package kernel is the platform core (平台内核): it opens what every module
// needs and runs the modules. It has no word of the domain in it.
package kernel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/crypto"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/health"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/httpx/challenge"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/notify"
	"tongban/central/kernel/obs"
	"tongban/central/kernel/org"
	"tongban/central/kernel/privacy"
	"tongban/central/kernel/tracing"
	"tongban/central/kernel/vault"
)

// Config is what the kernel itself can be told; a binary puts it into its own
// configuration struct, mostly inline.
type Config struct {
	Data     string // folder for everything that is not told otherwise
	Database string // DSN; sqlite:<Data>/tongban.db when empty
	Owner    string // DSN of the role that owns the tables, see db.Options; none when empty
	BlobDir  string // folder or s3://…, see blobs.OpenStore; <Data>/blobs when empty
	Blobs    blobs.Options
	KeyFile  string // <Data>/keys.json when empty
	HTTP     httpx.Config
	Limits   auth.Limits
	Jobs     jobs.Options
	SMS      notify.GatewayConfig
	Trace    tracing.Config // records nothing when empty
}

// Filled returns c with the empty paths set.
func (c Config) Filled() Config {
	if c.Database == "" {
		c.Database = "sqlite:" + filepath.Join(c.Data, "tongban.db")
	}
	if c.BlobDir == "" {
		c.BlobDir = filepath.Join(c.Data, "blobs")
	}
	if c.KeyFile == "" {
		c.KeyFile = filepath.Join(c.Data, "keys.json")
	}
	return c
}

// Permission is one thing a module lets people do (权限).
type Permission = auth.Permission

// Kernel is everything the modules stand on.
type Kernel struct {
	Config  Config
	Clock   clock.Clock
	Log     *slog.Logger
	Metrics *obs.Metrics
	DB      *db.DB
	Crypto  crypto.Provider
	Vault   *vault.Vault
	Privacy *privacy.Service
	Blobs   *blobs.Store
	Events  *events.Log
	Jobs    *jobs.Jobs
	Auth    *auth.Service
	Org     *org.Service
	HTTP    *httpx.Server
	Health  *health.Registry // every part adds what can be ill in it
	Trace   *tracing.Tracing
	SMS     *notify.Outbox

	Adapters  *adapter.Registry  // every outside system
	Challenge *challenge.Service // asked before a password is looked at

	modules []Module
	started []Module
}

// Open opens database, vault and blobs, brings the kernel's own tables up to
// date and makes the servers; nothing runs and nobody can call yet. A nil
// clock is the machine's, a nil log slog's default.
func Open(ctx context.Context, cfg Config, c clock.Clock, log *slog.Logger) (*Kernel, error) {
	if c == nil {
		c = clock.System()
	}
	if log == nil {
		log = slog.Default()
	}
	k := &Kernel{Config: cfg.Filled(), Clock: c, Log: log, Metrics: obs.NewMetrics(), Health: &health.Registry{}}
	if err := k.open(ctx); err != nil {
		if k.DB != nil {
			_ = k.DB.Close()
		}
		return nil, fmt.Errorf("open kernel: %w", err)
	}
	return k, nil
}

func (k *Kernel) open(ctx context.Context) (err error) {
	cfg := k.Config
	cfg.Trace.Log = k.Log
	if k.Trace, err = tracing.New(ctx, cfg.Trace); err != nil {
		return err
	}
	if k.Crypto, err = crypto.OpenFile(cfg.KeyFile, k.Clock); err != nil {
		return err
	}
	k.Vault = vault.New(k.Crypto)
	if k.Blobs, err = blobs.OpenStore(cfg.BlobDir, cfg.Blobs); err != nil {
		return err
	}
	if k.DB, err = db.Open(ctx, cfg.Database, db.Options{Clock: k.Clock, Log: k.Log, Metrics: k.Metrics, Owner: cfg.Owner}); err != nil {
		return err
	}
	if err := k.DB.Migrate(ctx, audit.Migrations(), events.Migrations(), org.Migrations(), auth.Migrations(), httpx.Migrations(), notify.Migrations(), challenge.Migrations(), adapter.Migrations(),
		vault.Migrations(), privacy.Migrations(), migrations()); err != nil {
		return err
	}
	if err := jobs.Migrate(ctx, k.DB, k.Log); err != nil {
		return err
	}
	if err := k.proveKeys(ctx); err != nil {
		return err
	}
	classes, err := privacy.Load()
	if err != nil {
		return err
	}
	if err := k.Vault.Attach(ctx, k.DB, k.Clock, classes.VaultClasses()); err != nil {
		return err
	}

	k.Events = events.New(k.DB, k.Log)
	cfg.Jobs.Clock, cfg.Jobs.Log = k.Clock, k.Log
	if k.Jobs, err = jobs.New(k.DB, cfg.Jobs); err != nil {
		return err
	}
	k.Adapters = adapter.New(adapter.Options{DB: k.DB, Clock: k.Clock, Log: k.Log, Metrics: k.Metrics})
	k.Privacy = privacy.New(privacy.Options{DB: k.DB, Vault: k.Vault, Clock: k.Clock, Jobs: k.Jobs, Log: k.Log}, classes)
	if err := k.Privacy.Register("kernel", private()); err != nil {
		return err
	}
	k.SMS = notify.New(notify.Options{DB: k.DB, Vault: k.Vault, Jobs: k.Jobs, Clock: k.Clock})
	if cfg.SMS.URL != "" {
		gateway, err := notify.NewGateway(cfg.SMS, k.Clock, k.Adapters)
		if err != nil {
			return err
		}
		k.SMS.UseCarrier(gateway)
	}
	roles, err := auth.NewRoles(Permissions()...)
	if err != nil {
		return err
	}
	k.Auth, err = auth.New(auth.Options{
		DB: k.DB, Clock: k.Clock, Log: k.Log, Roles: roles, Limits: cfg.Limits, Vault: k.Vault, Metrics: k.Metrics,
	})
	if err != nil {
		return err
	}
	k.Auth.UseSMS(k.SMS)
	k.Org = org.New(k.DB, k.Auth.Changed)
	k.Auth.UseDepartments(k.Org)
	if err := errors.Join(k.Org.Seed(ctx), k.Auth.Begin(ctx)); err != nil {
		return err
	}

	h := cfg.HTTP
	h.DB, h.Sessions, h.Vault, h.Clock, h.Log, h.Metrics = k.DB, k.Auth, k.Vault, k.Clock, k.Log, k.Metrics
	h.Tracer = k.Trace
	if k.HTTP, err = httpx.New(h); err != nil {
		return err
	}
	k.Challenge = challenge.New(challenge.Options{DB: k.DB, Vault: k.Vault, Clock: k.Clock})
	k.DB.Live(ctx)
	for _, console := range []string{auth.ForStaff, auth.ForAdmin} { // a session is good for its own console only
		k.HTTP.Raw(console, http.MethodGet, "/events", auth.Self, k.HTTP.Live(k.Events), httpx.Summary("实时动态：一条流，只有看得到的"))
	}
	k.HTTP.Ready("database", k.DB.Ping)
	k.HTTP.Watch("blobs", k.Blobs.Ping)
	k.checkup()
	k.chores()
	return nil
}

// Permissions are the kernel's own.
func Permissions() []Permission {
	return append([]Permission{
		{Name: "audit:read", Title: "查看审计记录", Roles: []string{"audit-admin"}},
		{Name: "audit:verify", Title: "核验审计记录", Roles: []string{"audit-admin"}},
	}, privacy.Permissions()...)
}
