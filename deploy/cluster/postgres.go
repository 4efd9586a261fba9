package cluster

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"tongban/deploy/stack"
)

// postgres is a PostgreSQL of our own, with TLS and a password. It refuses to run as root; then it runs as the user that
// Debian's package made.
type postgres struct {
	process *stack.Process
	dir     string
	as      []string
	// The three who may enter: who made the database, who owns the tables (init), and the program (serve), which cannot
	// change the audit.
	admin, owner, app string
	secrets           secrets
}

// secrets are their passwords.
type secrets struct{ Admin, Owner, App string }

func newPostgres(ctx context.Context, dir, at string, c certs, log string) (*postgres, error) {
	bin, err := postgresBin()
	if err != nil {
		return nil, err
	}
	p := &postgres{dir: filepath.Join(dir, "pg")}
	uid, gid := os.Getuid(), os.Getgid()
	if uid == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, fmt.Errorf("find the user that PostgreSQL runs as: %w", err)
		}
		uid, _ = strconv.Atoi(u.Uid)
		gid, _ = strconv.Atoi(u.Gid)
		p.as = []string{"setpriv", "--reuid", u.Uid, "--regid", u.Gid, "--clear-groups", "--"}
		// That user may not walk into our folder: the data lie in one that it may reach.
		p.dir = fmt.Sprintf("/var/tmp/tongban-cluster-%08x", crc32.ChecksumIEEE([]byte(dir)))
	}
	if err := p.make(ctx, bin, c, uid, gid, filepath.Join(dir, "pg.secrets")); err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(at)
	if err != nil {
		return nil, fmt.Errorf("split address: %w", err)
	}
	dsn := func(who, password string) string {
		return (&url.URL{
			Scheme: "postgres", Host: at, Path: "/tongban", User: url.UserPassword(who, password),
			RawQuery: url.Values{"sslmode": {"verify-full"}, "sslrootcert": {c.CA}, "connect_timeout": {"3"}}.Encode(),
		}).String()
	}
	p.admin, p.owner, p.app = dsn("tongban", p.secrets.Admin), dsn("tongban_owner", p.secrets.Owner), dsn("tongban_app", p.secrets.App)
	args := append(slices.Clone(p.as), filepath.Join(bin, "postgres"), "-D", filepath.Join(p.dir, "data"), "-p", port)
	for _, s := range []string{
		"listen_addresses=" + host, "unix_socket_directories=" + p.dir, "max_connections=200", "ssl=on",
		"ssl_cert_file=" + p.key(), "ssl_key_file=" + p.key(), "ssl_min_protocol_version=TLSv1.2",
		"tcp_keepalives_idle=5", "password_encryption=scram-sha-256", "tcp_keepalives_interval=2", "tcp_keepalives_count=3",
	} {
		args = append(args, "-c", s)
	}
	p.process = &stack.Process{Name: "postgres", Args: args, Log: log, Probe: p.ask}
	return p, nil
}

func postgresBin() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("PostgreSQL is not installed: run make setup")
	}
	slices.Sort(found)
	return found[len(found)-1], nil
}

func (p *postgres) key() string { return filepath.Join(p.dir, "service.pem") }

// make initialises the data folder once; the certificate is brought at each start.
func (p *postgres) make(ctx context.Context, bin string, c certs, uid, gid int, secretsFile string) error {
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return fmt.Errorf("make database folder: %w", err)
	}
	pem, err := os.ReadFile(c.Pem)
	if err != nil {
		return fmt.Errorf("read certificate: %w", err)
	}
	if err := os.WriteFile(p.key(), pem, 0o600); err != nil {
		return fmt.Errorf("write certificate: %w", err)
	}
	for _, f := range []string{p.dir, p.key()} {
		if err := os.Chown(f, uid, gid); err != nil {
			return fmt.Errorf("hand over database folder: %w", err)
		}
	}
	text, noSecrets := os.ReadFile(secretsFile)
	if _, err := os.Stat(filepath.Join(p.dir, "data", "PG_VERSION")); err == nil {
		if noSecrets == nil {
			return json.Unmarshal(text, &p.secrets)
		}
		// Our folder was cleaned: what lies there belongs to nobody any more.
		if err := os.RemoveAll(filepath.Join(p.dir, "data")); err != nil {
			return fmt.Errorf("clear database folder: %w", err)
		}
	}
	p.secrets = secrets{rand.Text(), rand.Text(), rand.Text()}
	text, err = json.Marshal(p.secrets)
	if err == nil {
		err = os.WriteFile(secretsFile, text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep database passwords: %w", err)
	}
	once := filepath.Join(p.dir, "password")
	if err := os.WriteFile(once, []byte(p.secrets.Admin+"\n"), 0o600); err != nil {
		return fmt.Errorf("keep database password: %w", err)
	}
	defer func() { _ = os.Remove(once) }()
	if err := os.Chown(once, uid, gid); err != nil {
		return fmt.Errorf("hand over database folder: %w", err)
	}
	cmd := append(slices.Clone(p.as), filepath.Join(bin, "initdb"), "-D", filepath.Join(p.dir, "data"), "-U", "tongban",
		"-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums", "--pwfile="+once)
	run := exec.CommandContext(ctx, cmd[0], cmd[1:]...) //nolint:gosec // PostgreSQL's own
	run.Dir = "/"
	if out, err := run.CombinedOutput(); err != nil {
		return fmt.Errorf("make database: %w: %s", err, out)
	}
	return nil
}

// ask reports whether the database answers, which it makes when it is missing.
func (p *postgres) ask(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, strings.Replace(p.admin, "/tongban?", "/postgres?", 1))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	var there bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = 'tongban')`).Scan(&there); err != nil || there {
		return err
	}
	// The owner makes the program's role at init.
	_, err = conn.Exec(ctx, `CREATE ROLE tongban_owner LOGIN CREATEROLE PASSWORD '`+p.secrets.Owner+`'`)
	if err != nil && !strings.Contains(err.Error(), "already exists") {
		return err
	}
	_, err = conn.Exec(ctx, `CREATE DATABASE tongban OWNER tongban_owner`)
	return err
}
