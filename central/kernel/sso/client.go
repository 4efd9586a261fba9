package sso

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/outbound"
)

// Client is one system that signs people in through us (接入系统).
type Client struct {
	ID          string
	Name        string   // as people know it
	Owner       string   // who answers for it: department and telephone
	Redirects   []string // exact addresses a code may be sent to
	Logouts     []string // exact addresses people may be sent to after signing out
	Backchannel string   // address that is told of ended sign-ons; "" when it does not want to know
	Internal    bool     // it stands in our own network
	Disabled    bool
	Created     time.Time

	secret string
}

var clientID = regexp.MustCompile(`^[a-z][a-z0-9-]{2,39}$`)

// check refuses what could send codes astray.
func (c Client) check() error {
	bad := func(words string, cause error) error { return errs.E(errs.Invalid, "sso.bad_client", words, cause) }
	switch {
	case !clientID.MatchString(c.ID):
		return bad("系统代号用小写字母、数字和短横线，3 到 40 位，字母开头", nil)
	case c.Name == "" || c.Owner == "":
		return bad("请填写系统名称和负责单位、电话", nil)
	case len(c.Redirects) == 0:
		return bad("请至少填一个登录后的回跳地址", nil)
	}
	for _, address := range append(append([]string{}, c.Redirects...), c.Logouts...) {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
			return bad("回跳地址要写全，不能带 # 和账号", err)
		}
		if ip := net.ParseIP(u.Hostname()); u.Scheme != "https" && (u.Scheme != "http" || ip == nil || !ip.IsLoopback() && (!c.Internal || !ip.IsPrivate())) {
			return bad("回跳地址必须是 https；内网系统可以用 http 加内网 IP", fmt.Errorf("address %q", address))
		}
	}
	if c.Backchannel != "" {
		if _, err := outbound.Check(c.Backchannel, c.Internal); err != nil {
			return bad("退出通知地址不能用，请核对", err)
		}
	}
	return nil
}

// Register adds a client and returns its secret, this once.
func (s *Service) Register(ctx context.Context, c Client, reason string) (secret string, err error) {
	if err := c.check(); err != nil {
		return "", err
	}
	secret = random()
	redirects, err1 := json.Marshal(c.Redirects)
	logouts, err2 := json.Marshal(append([]string{}, c.Logouts...))
	if err := errors.Join(err1, err2); err != nil {
		return "", fmt.Errorf("encode addresses: %w", err)
	}
	err = s.o.DB.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO sso_client
			(id, name, owner, secret, redirects, logouts, backchannel, internal, disabled, created, changed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $9)`,
			c.ID, c.Name, c.Owner, digest(secret), string(redirects), string(logouts), c.Backchannel, db.Int(c.Internal), db.Ms(tx.Now()))
		if db.IsUnique(err) {
			return errs.E(errs.Conflict, "sso.client_taken", "这个系统代号已经登记过", err)
		}
		if err != nil {
			return fmt.Errorf("insert client: %w", err)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "sso.register", Object: c.ID, Reason: reason})
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// Declare makes a client be as the configuration says: a neighbour whose key both sides have in a file needs nobody to register it by
// hand. One that was closed stays closed. A change of its addresses or its secret is on record.
func (s *Service) Declare(ctx context.Context, c Client, secret string) error {
	if err := c.check(); err != nil {
		return err
	}
	redirects, err := json.Marshal(c.Redirects)
	if err != nil {
		return fmt.Errorf("encode addresses: %w", err)
	}
	return s.o.DB.Do(ctx, func(tx db.Tx) error {
		res, err := tx.ExecContext(ctx, `INSERT INTO sso_client
			(id, name, owner, secret, redirects, logouts, backchannel, internal, disabled, created, changed)
			VALUES ($1, $2, $3, $4, $5, '[]', '', $6, 0, $7, $7)
			ON CONFLICT (id) DO UPDATE SET secret = excluded.secret, redirects = excluded.redirects, internal = excluded.internal, changed = excluded.changed
			WHERE sso_client.secret <> excluded.secret OR sso_client.redirects <> excluded.redirects OR sso_client.internal <> excluded.internal`,
			c.ID, c.Name, c.Owner, digest(secret), string(redirects), db.Int(c.Internal), db.Ms(tx.Now()))
		if err != nil {
			return fmt.Errorf("declare client: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "sso.register", Object: c.ID, Reason: "配置文件"})
	})
}

// NewSecret gives a client another secret, returned this once; the old one is
// worth nothing from now on.
func (s *Service) NewSecret(ctx context.Context, id, reason string) (string, error) {
	secret := random()
	return secret, s.change(ctx, id, audit.Record{Action: "sso.new_secret", Reason: reason}, `secret = $1`, digest(secret))
}

// Disable closes a client, Enable opens it again.
func (s *Service) Disable(ctx context.Context, id, reason string) error {
	return s.change(ctx, id, audit.Record{Action: "sso.disable", Reason: reason}, `disabled = $1`, 1)
}

// Enable opens a closed client.
func (s *Service) Enable(ctx context.Context, id, reason string) error {
	return s.change(ctx, id, audit.Record{Action: "sso.enable", Reason: reason}, `disabled = $1`, 0)
}

func (s *Service) change(ctx context.Context, id string, r audit.Record, set string, value any) error {
	return s.o.DB.Do(ctx, func(tx db.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE sso_client SET `+set+`, changed = $2 WHERE id = $3`, value, db.Ms(tx.Now()), id)
		if err != nil {
			return fmt.Errorf("change client: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errs.E(errs.NotFound, "sso.no_client", "没有登记过这个系统", err)
		}
		r.Object = id
		return audit.Write(ctx, tx, r)
	})
}

const clientColumns = `id, name, owner, secret, redirects, logouts, backchannel, internal, disabled, created`

func scanClient(scan func(...any) error) (c Client, err error) {
	var redirects, logouts string
	var internal, disabled int
	var created int64
	if err := scan(&c.ID, &c.Name, &c.Owner, &c.secret, &redirects, &logouts, &c.Backchannel, &internal, &disabled, &created); err != nil {
		return c, err
	}
	c.Internal, c.Disabled, c.Created = internal != 0, disabled != 0, db.FromMs(created)
	return c, errors.Join(json.Unmarshal([]byte(redirects), &c.Redirects), json.Unmarshal([]byte(logouts), &c.Logouts))
}

// Clients lists all clients by id.
func (s *Service) Clients(ctx context.Context) ([]Client, error) {
	out := []Client{}
	err := s.o.DB.View(ctx, func(q db.Query) error {
		out = out[:0]
		rows, err := q.QueryContext(ctx, `SELECT `+clientColumns+` FROM sso_client ORDER BY id`)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			c, err := scanClient(rows.Scan)
			if err != nil {
				return err
			}
			out = append(out, c)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list clients: %w", err)
	}
	return out, nil
}

var errNoClient = errors.New("no such client, or it is closed")

// client loads an open client.
func (s *Service) client(ctx context.Context, id string) (c Client, err error) {
	err = s.o.DB.View(ctx, func(q db.Query) (err error) {
		c, err = scanClient(q.QueryRowContext(ctx, `SELECT `+clientColumns+` FROM sso_client WHERE id = $1`, id).Scan)
		return err
	})
	if errors.Is(err, db.ErrNoRows) || err == nil && c.Disabled {
		return Client{}, errNoClient
	}
	return c, err
}

// asClient is a Client in the library's words: a confidential web application
// with the code flow and nothing else.
type asClient struct{ Client }

func (c asClient) GetID() string                       { return c.ID }
func (c asClient) RedirectURIs() []string              { return c.Redirects }
func (c asClient) PostLogoutRedirectURIs() []string    { return c.Logouts }
func (c asClient) ApplicationType() op.ApplicationType { return op.ApplicationTypeWeb }
func (c asClient) AuthMethod() oidc.AuthMethod         { return oidc.AuthMethodBasic }
func (c asClient) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}
func (c asClient) GrantTypes() []oidc.GrantType         { return []oidc.GrantType{oidc.GrantTypeCode} }
func (c asClient) LoginURL(id string) string            { return "/sso/continue?request=" + url.QueryEscape(id) }
func (c asClient) AccessTokenType() op.AccessTokenType  { return op.AccessTokenTypeBearer }
func (c asClient) IDTokenLifetime() time.Duration       { return idTokenLife }
func (c asClient) DevMode() bool                        { return false }
func (c asClient) IDTokenUserinfoClaimsAssertion() bool { return true }
func (c asClient) ClockSkew() time.Duration             { return 0 }

func (c asClient) IsScopeAllowed(scope string) bool { return scope == scopeTongban }

func (c asClient) RestrictAdditionalIdTokenScopes() func([]string) []string { return same }

func (c asClient) RestrictAdditionalAccessTokenScopes() func([]string) []string { return same }

func same(scopes []string) []string { return scopes }

// GetClientByClientID implements op.OPStorage.
func (s storage) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, err := s.client(ctx, id)
	if err != nil {
		return nil, err
	}
	return asClient{c}, nil
}

// AuthorizeClientIDSecret implements op.OPStorage. Secrets are 256 random bits,
// so that a plain digest keeps them.
func (s storage) AuthorizeClientIDSecret(ctx context.Context, id, secret string) error {
	c, err := s.client(ctx, id)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(digest(secret)), []byte(c.secret)) != 1 {
		return errors.New("wrong client secret")
	}
	return nil
}

func random() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}
