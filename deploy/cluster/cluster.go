// Package cluster starts the product as on several machines, on this one (集群): PostgreSQL, three brokers, an S3 store, three
// copies of the centre, a proxy before them, and emulated terminals. `make cluster` and the soak tests stand on it; what it
// writes as configuration is what deploy/docs/cluster.md explains for real machines.
package cluster

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"tongban/deploy/stack"
)

// Nodes is how many copies of the centre and how many brokers there are.
const Nodes = 3

// drain is what each copy is told, see the proxy's health check: 0.5 s between two looks.
const drain = 1500 * time.Millisecond

// Config says what to start.
type Config struct {
	Bin       string // folder of the programs; the S3 server lies in its tools/
	Dir       string // data, logs and configuration
	Proxy     string // "haproxy" (also when empty) or "nginx"
	Guided    bool   // the ports of the guide, where they are free
	Fast      bool   // emulated devices answer at once
	Limitless bool   // one address may ask as often as it likes: for load from this machine
	Terminals []stack.Spec
}

// Cluster is the running whole.
type Cluster struct {
	Config
	Postgres *stack.Process
	Receiver *stack.Process // keeps the audit's checkpoints, as another machine would
	Store    *stack.Process
	Brokers  []*stack.Process
	Copies   []*stack.Process
	Proxied  *stack.Process
	Stack    *stack.Stack // the terminals

	Web, Kiosk string   // through the proxy
	Admin      []string // http://host:port of each copy's health and metrics
	CA         string   // certificate that Web is trusted by
	Secrets    string   // file with the first-start passwords
	FleetCA    string
	DSN        string // of the database as its administrator, with the password

	pg    *postgres
	certs certs
	ports *stack.Ports
	copy  []backend
	env   []string
	mqtt  []string
	nats  []string
	route []string
	ship  string
}

// Start brings everything up; on an error what was started is stopped.
func Start(ctx context.Context, c Config) (*Cluster, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("resolve folder: %w", err)
	}
	c.Dir = dir
	if c.Proxy == "" {
		c.Proxy = "haproxy"
	}
	s := &Cluster{Config: c}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Cluster) start(ctx context.Context) (err error) {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if s.ports, err = stack.OpenPorts(s.Dir, s.Guided); err != nil {
		return err
	}
	if s.certs, err = makeCerts(filepath.Join(s.Dir, "certs")); err != nil {
		return err
	}
	s.CA = s.certs.CA
	s.plan()
	for _, step := range []func(context.Context) error{s.database, s.store, s.init, s.brokers, s.receiver, s.copies, s.proxy, s.terminals} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return s.ports.Save()
}

// plan chooses every address.
func (s *Cluster) plan() {
	for i := range Nodes {
		at := func(what string, guided int) string { return s.ports.At(fmt.Sprintf("%s-%d", what, i+1), guided+i) }
		s.copy = append(s.copy, backend{fmt.Sprint("centre-", i+1), at("web", 19101), at("kiosk", 19201), at("admin", 19301)})
		s.mqtt, s.nats, s.route = append(s.mqtt, at("mqtt", 19401)), append(s.nats, at("nats", 19501)), append(s.route, at("route", 19601))
		s.Admin = append(s.Admin, "http://"+s.copy[i].admin)
	}
	s.Web, s.Kiosk = "https://"+s.ports.At("web", 19080), "https://"+s.ports.At("kiosk", 19443)
}

func (s *Cluster) log(name string) string { return filepath.Join(s.Dir, "logs", name+".log") }

func (s *Cluster) node(i int) string { return filepath.Join(s.Dir, fmt.Sprint("centre-", i+1)) }

func (s *Cluster) database(ctx context.Context) (err error) {
	if s.pg, err = newPostgres(ctx, s.Dir, s.ports.At("postgres", 19432), s.certs, s.log("postgres")); err != nil {
		return err
	}
	s.Postgres, s.DSN = s.pg.process, s.pg.admin
	// The password is nobody's business who lists processes: it goes by environment.
	s.env = append(s.env, "TONGBAN_DATABASE="+s.pg.app)
	return s.Postgres.Start(ctx, 30*time.Second, nil)
}

func (s *Cluster) store(ctx context.Context) error {
	at := s.ports.At("s3", 19700)
	data, meta, key := filepath.Join(s.Dir, "s3", "data"), filepath.Join(s.Dir, "s3", "meta"), filepath.Join(s.Dir, "s3.key")
	for _, d := range []string{data, meta} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return fmt.Errorf("make folder of the store: %w", err)
		}
	}
	if _, err := os.Stat(key); err != nil {
		if err := os.WriteFile(key, []byte("tongban "+rand.Text()+"\n"), 0o600); err != nil {
			return fmt.Errorf("make key of the store: %w", err)
		}
	}
	text, err := os.ReadFile(key)
	if err != nil {
		return fmt.Errorf("read key of the store: %w", err)
	}
	access, secret, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	s.Store = &stack.Process{
		Name: "s3", Log: s.log("s3"), Env: []string{"ROOT_ACCESS_KEY=" + access, "ROOT_SECRET_KEY=" + secret},
		Args: []string{
			filepath.Join(s.Bin, "tools", "versitygw"), "--port", at, "--cert", s.certs.Pem, "--key", s.certs.Pem, "--quiet", "--keep-alive",
			"posix", "--sidecar", meta, data,
		},
		Probe: func(ctx context.Context) error { return dial(ctx, at) },
	}
	s.env = append(s.env, "TONGBAN_BLOBS_URL=s3://tongban?endpoint=https://"+at, "TONGBAN_BLOBS_KEY_FILE="+key, "TONGBAN_BLOBS_CA_FILE="+s.certs.CA)
	return s.Store.Start(ctx, 20*time.Second, nil)
}

// init makes keys and accounts once and gives every copy the same keys; a broker gets only what a broker needs.
func (s *Cluster) init(ctx context.Context) error {
	out, err := s.central(ctx, []string{"TONGBAN_DATABASE_OWNER=" + s.pg.owner}, "init")
	if err != nil {
		return err
	}
	var made struct{ CA, Secrets string }
	if err := json.Unmarshal(out, &made); err != nil {
		return fmt.Errorf("decode answer of init: %w", err)
	}
	s.FleetCA, s.Secrets = made.CA, made.Secrets
	for i := 1; i < Nodes; i++ {
		if err := copyTree(s.node(0), s.node(i), "first-start.txt", "blobs"); err != nil {
			return err
		}
	}
	for i := range Nodes {
		keys := filepath.Join("fleet", "keys")
		if err := copyTree(filepath.Join(s.node(0), keys), filepath.Join(s.broker(i), keys), "ca-key.pem", "centre-key.pem"); err != nil {
			return err
		}
	}
	return nil
}

// central runs a command of the centre to its end and returns its output.
func (s *Cluster) central(ctx context.Context, env []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(s.Bin, "tongban-central"), append(args, "--data", s.node(0))...) //nolint:gosec // our own
	cmd.Env = append(append(os.Environ(), s.env...), env...)
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return nil, fmt.Errorf("tongban-central %s: %w: %s", args[0], err, strings.TrimSpace(string(exit.Stderr)))
		}
		return nil, fmt.Errorf("tongban-central %s: %w", args[0], err)
	}
	return out, nil
}

func (s *Cluster) broker(i int) string { return filepath.Join(s.Dir, fmt.Sprint("broker-", i+1)) }

// brokers starts all at once: none is ready before it has another one.
func (s *Cluster) brokers(ctx context.Context) error {
	var wg sync.WaitGroup
	errs := make([]error, Nodes)
	for i := range Nodes {
		args := []string{
			filepath.Join(s.Bin, "tongban-central"), "broker", "--data", s.broker(i), "--broker-node", fmt.Sprint("broker-", i+1),
			"--listen-mqtt", s.mqtt[i], "--listen-nats", s.nats[i], "--listen-route", s.route[i],
		}
		var others []string
		for j, r := range s.route {
			if j != i {
				others = append(others, r)
			}
		}
		args = append(args, "--broker-routes", strings.Join(others, ","))
		p := &stack.Process{Name: fmt.Sprint("broker-", i+1), Args: args, Log: s.log(fmt.Sprint("broker-", i+1)), Grace: 20 * time.Second}
		s.Brokers = append(s.Brokers, p)
		wg.Go(func() { errs[i] = p.Start(ctx, 60*time.Second, nil) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// receiver keeps the checkpoints of the audit: one place for all copies.
func (s *Cluster) receiver(ctx context.Context) error {
	s.ship = s.ports.At("ship", 19800)
	s.Receiver = &stack.Process{
		Name: "checkpoints", Log: s.log("checkpoints"), Probe: func(ctx context.Context) error { return dial(ctx, s.ship) },
		Args: []string{filepath.Join(s.Bin, "tongban-central"), "audit", "receive", "--listen", s.ship, "--checkpoints", filepath.Join(s.Dir, "checkpoints")},
	}
	return s.Receiver.Start(ctx, 20*time.Second, nil)
}

// copies starts the copies one after the other: the first brings the database up to date.
func (s *Cluster) copies(ctx context.Context) error {
	for i, c := range s.copy {
		args := []string{
			filepath.Join(s.Bin, "tongban-central"), "serve", "--data", s.node(i), "--listen-web", c.web, "--listen-kiosk", c.kiosk,
			"--listen-admin", c.admin, "--public-url", s.Web, "--kiosk-url", s.Kiosk, "--tls-cert", s.certs.Pem, "--tls-key", s.certs.Pem,
			"--broker-url", "tls://" + strings.Join(s.nats, ",tls://"), "--broker-tell", "ssl://" + strings.Join(s.mqtt, ",ssl://"),
			"--trusted-proxies", "127.0.0.0/8", "--drain", drain.String(),
			"--limits", "50", // one machine plays a whole city here
		}
		// The database's list of sessions then tells the copies apart.
		env := append(slices.Clone(s.env), "TONGBAN_DATABASE="+s.pg.app+"&application_name="+c.name)
		p := &stack.Process{Name: c.name, Args: args, Env: env, Log: s.log(c.name), Grace: 30 * time.Second}
		s.Copies = append(s.Copies, p)
		if err := p.Start(ctx, 90*time.Second, nil); err != nil {
			return err
		}
	}
	return nil
}

func (s *Cluster) proxy(ctx context.Context) error { return s.Behind(ctx, s.Config.Proxy) }

// Behind puts the copies behind kind of proxy, instead of the one before, at the same addresses.
func (s *Cluster) Behind(ctx context.Context, kind string) error {
	if s.Proxied != nil {
		if err := s.Proxied.Stop(); err != nil {
			return err
		}
	}
	p := proxied{dir: s.Dir, web: strings.TrimPrefix(s.Web, "https://"), kiosk: strings.TrimPrefix(s.Kiosk, "https://"), certs: s.certs, backends: s.copy}
	var err error
	if s.Proxied, err = p.process(kind, s.log(kind)); err != nil {
		return err
	}
	if err := s.Proxied.Start(ctx, 20*time.Second, nil); err != nil {
		return err
	}
	return s.Ready(ctx, 20*time.Second)
}

func (s *Cluster) terminals(ctx context.Context) (err error) {
	if len(s.Config.Terminals) == 0 {
		return nil
	}
	s.Stack, err = stack.Start(ctx, stack.Config{
		Bin: s.Bin, Dir: filepath.Join(s.Dir, "terminals"), Fast: s.Fast, Terminals: s.Config.Terminals, Guided: s.Guided, Bench: s.Guided, Env: s.env,
		Centre: &stack.Centre{Data: s.node(0), Kiosk: s.Kiosk, CA: s.FleetCA},
	})
	return err
}

// Enrol makes a one-time code for a terminal.
func (s *Cluster) Enrol(ctx context.Context, code string, number int) (string, error) {
	out, err := s.central(ctx, nil, "enrol", "--terminal", code, "--model", "kiosk-21", "--place", "涪城区政务服务中心", "--label", code, "--number", fmt.Sprint(number))
	if err != nil {
		return "", err
	}
	var made struct{ Code string }
	return made.Code, json.Unmarshal(out, &made)
}

// Transport trusts the proxy's certificate.
func (s *Cluster) Transport() (*http.Transport, error) {
	text, err := os.ReadFile(s.CA)
	if err != nil {
		return nil, fmt.Errorf("read certificate: %w", err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute,
	}, nil
}

// Ready waits until every copy that runs says in /readyz that it serves, and the proxy has seen it.
func (s *Cluster) Ready(ctx context.Context, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for i, a := range s.Admin {
		if !s.Copies[i].Running() {
			continue
		}
		for get(ctx, a+"/readyz") != nil {
			select {
			case <-ctx.Done():
				return fmt.Errorf("%s is not ready after %s", s.copy[i].name, patience)
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	// Two looks of the proxy.
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(1100 * time.Millisecond):
		return nil
	}
}

func get(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return errors.New(res.Status)
	}
	return nil
}

// Roll restarts every copy of the centre and then every broker, one at a time, each only when the one before is back; say is
// told of every step and may be nil.
func (s *Cluster) Roll(ctx context.Context, say func(string)) error {
	return s.roll(ctx, append(append([]*stack.Process{}, s.Copies...), s.Brokers...), say)
}

// RollCopies restarts the copies of the centre only.
func (s *Cluster) RollCopies(ctx context.Context, say func(string)) error {
	return s.roll(ctx, s.Copies, say)
}

func (s *Cluster) roll(ctx context.Context, parts []*stack.Process, say func(string)) error {
	for _, p := range parts {
		if say != nil {
			say(p.Name)
		}
		if err := p.Stop(); err != nil {
			return err
		}
		if err := p.Start(ctx, 90*time.Second, nil); err != nil {
			return err
		}
		if err := s.Ready(ctx, 30*time.Second); err != nil {
			return err
		}
	}
	return nil
}

// Stop ends everything, terminals first and the database last.
func (s *Cluster) Stop() error {
	var errs []error
	if s.Stack != nil {
		errs = append(errs, s.Stack.Stop())
	}
	group := func(all ...*stack.Process) {
		var wg sync.WaitGroup
		out := make([]error, len(all))
		for i, p := range all {
			if p != nil {
				wg.Go(func() { out[i] = p.Stop() })
			}
		}
		wg.Wait()
		errs = append(errs, out...)
	}
	group(s.Proxied)
	group(s.Copies...)
	group(s.Brokers...)
	group(s.Store, s.Receiver)
	if s.Postgres != nil {
		s.Postgres.Interrupt() // the fast way down: sessions are ended, nothing is lost
		group(s.Postgres)
	}
	return errors.Join(errs...)
}

// Leader is the copy that reads the uplink now: whose database session holds its lock.
func (s *Cluster) Leader(ctx context.Context) (int, error) {
	conn, err := pgx.Connect(ctx, s.DSN)
	if err != nil {
		return 0, fmt.Errorf("ask who leads: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	var name string
	err = conn.QueryRow(ctx, `SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)
		WHERE locktype = 'advisory' AND classid = 29804 AND granted
		AND objid::bigint = (hashtext(hashtext('public')::text || '/fleet.gate')::bigint & 4294967295)`).Scan(&name)
	if err != nil {
		return 0, fmt.Errorf("ask who leads: %w", err)
	}
	for i, c := range s.copy {
		if c.name == name {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%s leads, which is none of ours", name)
}

// LogTails returns the last lines of every log, the terminals' too, but for the requests in them: for a test that failed.
func (s *Cluster) LogTails() []string {
	var out []string
	files, _ := filepath.Glob(filepath.Join(s.Dir, "logs", "*.log"))
	agents, _ := filepath.Glob(filepath.Join(s.Dir, "terminals", "*", "*.log"))
	for _, f := range append(files, agents...) {
		text, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		var lines []string
		for line := range strings.Lines(string(text)) {
			if !strings.Contains(line, `"msg":"request"`) {
				lines = append(lines, line)
			}
		}
		b := strings.Join(lines, "")
		out = append(out, filepath.Base(f)+"\n"+b[max(0, len(b)-2500):])
	}
	return out
}

// Forget removes what lies outside of Dir.
func (s *Cluster) Forget() {
	if s.pg != nil && !strings.HasPrefix(s.pg.dir, s.Dir) {
		_ = os.RemoveAll(s.pg.dir)
	}
}

// copyTree copies the files below from that are not there yet, but for those named.
func copyTree(from, to string, without ...string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return fmt.Errorf("copy keys: %w", err)
	}
	list, err := os.ReadDir(from)
	if err != nil {
		return fmt.Errorf("copy keys: %w", err)
	}
next:
	for _, e := range list {
		for _, w := range without {
			if e.Name() == w {
				continue next
			}
		}
		a, b := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		if e.IsDir() {
			if err := copyTree(a, b, without...); err != nil {
				return err
			}
			continue
		}
		text, err := os.ReadFile(a)
		if err == nil {
			err = os.WriteFile(b, text, 0o600)
		}
		if err != nil {
			return fmt.Errorf("copy keys: %w", err)
		}
	}
	return nil
}
