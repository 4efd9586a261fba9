package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"tongban/central/kernel/errs"

	"go.opentelemetry.io/otel/propagation"
)

// ErrAddress means that a call would have gone where calls from here may not go.
var ErrAddress = errs.E(errs.Invalid, "outbound.address", "这个地址不允许访问，请核对后重填", nil)

// errLarge means that an answer had no end in sight.
var errLarge = errors.New("answer is longer than allowed")

// Target says where a client may call.
type Target struct {
	URL      string        // base: http or https, host, optional port and path
	Internal bool          // the other side stands in our own network; says so whoever registers it
	Timeout  time.Duration // whole call; 10 s when 0
	MaxBytes int64         // longest answer; 1 MiB when 0
	Also     []string      // further hosts that redirects may lead to
	CAFile   string        // PEM of the authority that signed the other side; the machine's when empty
	Resolve  Resolver      // net.DefaultResolver when nil
}

// Resolver finds the addresses of a name; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Client calls one target. It is safe for concurrent use.
type Client struct {
	base  *url.URL
	hosts []string
	t     Target
	http  *http.Client
}

// New checks the target and returns its client. The error names what is wrong with the address.
func New(t Target) (*Client, error) {
	base, err := Check(t.URL, t.Internal)
	if err != nil {
		return nil, err
	}
	if t.Timeout == 0 {
		t.Timeout = 10 * time.Second
	}
	if t.MaxBytes == 0 {
		t.MaxBytes = 1 << 20
	}
	if t.Resolve == nil {
		t.Resolve = net.DefaultResolver
	}
	trust := &tls.Config{MinVersion: tls.VersionTLS12}
	if t.CAFile != "" {
		if trust.RootCAs, err = pool(t.CAFile); err != nil {
			return nil, err
		}
	}
	c := &Client{base: base, t: t, hosts: append([]string{hostPort(base)}, t.Also...)}
	c.http = &http.Client{
		Timeout: t.Timeout,
		Transport: &http.Transport{
			Proxy:                  nil, // a proxy of the environment would see names, not addresses
			DialContext:            c.dial,
			TLSClientConfig:        trust,
			TLSHandshakeTimeout:    5 * time.Second,
			ResponseHeaderTimeout:  t.Timeout,
			MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConnsPerHost:    4,
			MaxConnsPerHost:        32,
			IdleConnTimeout:        60 * time.Second,
			DisableCompression:     true, // a small answer must not become a big one
		},
		CheckRedirect: c.redirect,
	}
	return c, nil
}

// Check reads an address and refuses, before any call, what can be judged by its text.
func Check(address string, internal bool) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, errors.Join(ErrAddress, err)
	case u.Scheme != "https" && u.Scheme != "http", u.Host == "", u.User != nil, u.Fragment != "", u.RawQuery != "", u.Opaque != "":
		return nil, errors.Join(ErrAddress, errors.New("want http(s)://host[:port][/path]"))
	case u.Scheme == "http" && !internal:
		return nil, errors.Join(ErrAddress, errors.New("outside of our own network only https"))
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && !allowed(a, internal) {
		return nil, errors.Join(ErrAddress, fmt.Errorf("address %s is not to be called", a))
	}
	return u, nil
}

// Base is the target's address.
func (c *Client) Base() *url.URL { u := *c.base; return &u }

// Do sends one request. Its host must be the target's; the body of the answer ends with an error after MaxBytes.
func (c *Client) Do(r *http.Request) (*http.Response, error) {
	if !slices.Contains(c.hosts, hostPort(r.URL)) || r.URL.Scheme != c.base.Scheme {
		return nil, errors.Join(ErrAddress, fmt.Errorf("%s is not the declared target", r.URL.Host))
	}
	propagation.TraceContext{}.Inject(r.Context(), propagation.HeaderCarrier(r.Header))
	res, err := c.http.Do(r) // #nosec G704 -- this is where addresses are judged
	if err != nil {
		return nil, err
	}
	if res.ContentLength > c.t.MaxBytes {
		_ = res.Body.Close()
		return nil, fmt.Errorf("%w: %d bytes", errLarge, res.ContentLength)
	}
	res.Body = &bounded{res.Body, c.t.MaxBytes}
	return res, nil
}

// Close drops idle lines.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func (c *Client) redirect(r *http.Request, via []*http.Request) error {
	if len(via) > 3 {
		return errors.New("too many redirects")
	}
	if !slices.Contains(c.hosts, hostPort(r.URL)) || (via[0].URL.Scheme == "https" && r.URL.Scheme != "https") {
		return errors.Join(ErrAddress, fmt.Errorf("redirect to %s is not declared", r.URL.Host))
	}
	return nil
}

// dial resolves the name, judges every address and connects to one that was judged.
func (c *Client) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	var found []netip.Addr
	if a, err := netip.ParseAddr(host); err == nil {
		found = []netip.Addr{a}
	} else if found, err = c.t.Resolve.LookupNetIP(ctx, "ip", host); err != nil {
		return nil, err
	}
	// Judged again by the socket itself: whatever resolved, this is where the line goes.
	d := net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil || !allowed(ap.Addr(), c.t.Internal) {
			return errors.Join(ErrAddress, fmt.Errorf("%s resolves to %s", host, address))
		}
		return nil
	}}
	last := fmt.Errorf("%s has no address", host)
	for _, a := range found {
		conn, err := d.DialContext(ctx, network, net.JoinHostPort(a.Unmap().String(), port))
		if err == nil {
			return conn, nil
		}
		last = err
	}
	return nil, last
}

// never are ranges that nobody calls, declared or not: metadata services, this host by its wildcard, groups, documentation.
var never = prefixes("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "192.0.0.0/24", "192.0.2.0/24", "198.51.100.0/24",
	"203.0.113.0/24", "::/128", "fe80::/10", "ff00::/8", "2001:db8::/32", "100.100.100.200/32", "fd00:ec2::254/128")

// inside are our own networks, open to targets that were declared as internal.
var inside = prefixes("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15", "::1/128", "fc00::/7")

// wrapped are IPv6 ranges that carry an IPv4 address in them: judged as outside only where what they carry is.
var wrapped = prefixes("64:ff9b::/96", "2002::/16", "2001::/32", "::/96")

func allowed(a netip.Addr, internal bool) bool {
	a = a.Unmap().WithZone("")
	fits := func(ps []netip.Prefix) bool {
		return slices.ContainsFunc(ps, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	switch {
	case !a.IsValid(), fits(never):
		return false
	case fits(inside):
		return internal
	}
	return !fits(wrapped)
}

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

func pool(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file) // #nosec G304 -- the operator names the file in the configuration
	if err != nil {
		return nil, fmt.Errorf("read authority: %w", err)
	}
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", file)
	}
	return p, nil
}

// bounded is an answer that may not be longer than left; more is an error and not a silent cut.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errLarge
	}
	return n, err
}
