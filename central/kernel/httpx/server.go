package httpx

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/obs"
)

// Sealer encrypts what is kept of answers; *vault.Vault is one.
type Sealer interface {
	Seal(class, plaintext string) (string, error)
	Open(class, sealed string) (string, error)
}

// Sessions finds the session behind a cookie; *auth.Service is one.
type Sessions interface {
	Find(ctx context.Context, audience, token string) (auth.Session, error)
}

// Config is what New needs. DB, Sessions and Vault may be nil in a server that
// has no staff and no unsafe operations, such as one that prints its document.
type Config struct {
	DB       *db.DB
	Sessions Sessions
	Vault    Sealer
	Clock    clock.Clock
	Log      *slog.Logger
	Metrics  *obs.Metrics
	Tracer   trace.Tracer // records nothing when nil

	Listen         string            // main listener, such as "127.0.0.1:8080"; port 0 takes a free one
	AdminListen    string            // admin listener; none when empty
	CertFile       string            // TLS when both are set
	KeyFile        string            //
	Secure         bool              // the outside speaks TLS (here or before us): Secure cookies, HSTS
	TrustedProxies []string          // CIDRs whose X-Forwarded-For is believed
	CSP            string            // instead of the built-in content security policy
	Near           map[string]string // mount such as "/console/" → http://127.0.0.1:port that its pages may ask on the reader's own computer
	MaxBody        int64             // default limit of a request body; 1 MiB when 0
	Limits         Limits            // none when zero
}

// Authenticator says who sent r. Nobody known is a zero Actor without error.
type Authenticator func(r *http.Request) (auth.Actor, error)

// Server carries all routes of the centre. Add routes first, then Start.
type Server struct {
	cfg     Config
	engine  *gin.Engine
	proxies []netip.Prefix

	mu             sync.Mutex
	apis           map[string]huma.API // module → its one huma API
	operations     []Operation
	authenticators map[string]Authenticator
	mounts         []*spa
	near           []near
	hearings       []hearing
	ready          map[string]func(context.Context) error
	watched        map[string]func(context.Context) error

	flights  flights
	limits   *limiter
	refusals obs.Counter
	run      running
}

// once sets what gin and huma keep in package variables.
var once sync.Once

// New returns a server without routes.
func New(cfg Config) (*Server, error) {
	if cfg.Clock == nil {
		cfg.Clock = clock.System()
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Metrics == nil {
		cfg.Metrics = obs.NewMetrics()
	}
	if cfg.Tracer == nil {
		cfg.Tracer = noop.NewTracerProvider().Tracer("")
	}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = 1 << 20
	}
	if cfg.CSP == "" {
		cfg.CSP = pagePolicy
	}
	s := &Server{
		cfg: cfg, apis: map[string]huma.API{}, authenticators: map[string]Authenticator{},
		ready: map[string]func(context.Context) error{}, watched: map[string]func(context.Context) error{}, flights: flights{m: map[string]chan struct{}{}},
	}
	var err error
	if s.near, err = nearOf(cfg.CSP, cfg.Near); err != nil {
		return nil, err
	}
	s.limits = newLimiter(cfg.Limits)
	s.refusals = cfg.Metrics.Counter("http_refused_total", "Requests turned away by a limit.", "code")
	for _, p := range cfg.TrustedProxies {
		prefix, err := netip.ParsePrefix(p)
		if err != nil {
			return nil, fmt.Errorf("trusted proxy %q: want a CIDR such as 10.0.0.0/8", p)
		}
		s.proxies = append(s.proxies, prefix)
	}

	once.Do(func() {
		gin.SetMode(gin.ReleaseMode)
		huma.NewError = newProblem
		huma.NewErrorWithContext = func(hc huma.Context, status int, msg string, errs ...error) huma.StatusError {
			p := newProblem(status, msg, errs...)
			if p, ok := p.(*Problem); ok && hc != nil {
				p.Request = actor.OriginFrom(hc.Context()).Request
			}
			return p
		}
	})
	s.engine = gin.New()
	s.engine.HandleMethodNotAllowed = true
	s.engine.RedirectTrailingSlash = false
	s.engine.Use(s.observe, s.recoverPanics, s.secure, s.limit, s.compress)
	s.engine.NoRoute(s.noRoute)
	s.engine.NoMethod(func(c *gin.Context) {
		s.fail(c.Writer, c.Request, problemOf(http.StatusMethodNotAllowed, "request.method", "这个地址不支持这种操作"))
	})
	s.engine.GET("/api/openapi.json", s.serveDocument)
	s.run.begin()
	return s, nil
}

// Handler returns the main handler, for tests and for embedding.
func (s *Server) Handler() http.Handler { return s.engine }

// Log returns the server's log.
func (s *Server) Log() *slog.Logger { return s.cfg.Log }

// Metrics returns the registry that /metrics shows.
func (s *Server) Metrics() *obs.Metrics { return s.cfg.Metrics }

// Authenticate sets how requests of an audience prove who they are. The staff
// audience has the session cookie built in; kiosk and fleet have nothing until
// their module sets it, and then everything but "public" is refused.
func (s *Server) Authenticate(audience string, a Authenticator) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.authenticators[audience] = a
}

// Ready adds a check to /readyz, such as the database or the broker.
func (s *Server) Ready(name string, check func(context.Context) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready[name] = check
}

// Watch adds a check to /readyz whose failure is shown and does not take this
// copy out of service: what most work can do without.
func (s *Server) Watch(name string, check func(context.Context) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watched[name] = check
}
