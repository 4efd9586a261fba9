package doors

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/agent/enrol"
	"tongban/fleet/wire"
)

// gate is a listener with TLS.
type gate struct {
	name, at string
	greets   bool // says one line in clear before TLS, as NATS does
}

// value is what a process was told for an option.
func value(args []string, name string) string {
	for i, a := range args[:len(args)-1] {
		if a == "--"+name {
			return args[i+1]
		}
	}
	return ""
}

func (h *house) gates() []gate {
	g := []gate{
		{"terminals' HTTPS", strings.TrimPrefix(h.Kiosk, "https://"), false},
		{"MQTT", value(h.Central.Args, "listen-mqtt"), false},
		{"web", h.https, false},
		{"terminals' HTTPS of a copy", h.kiosk, false},
	}
	for i, b := range h.brokers {
		g = append(g, gate{fmt.Sprint("MQTT of broker ", i), b.mqtt, false}, gate{fmt.Sprint("NATS of broker ", i), b.nats, true}, gate{fmt.Sprint("route of broker ", i), b.route, false})
	}
	return g
}

// connect opens a TCP connection and reads the greeting.
func (g gate) connect(t *testing.T) net.Conn {
	t.Helper()
	c, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(t.Context(), "tcp", g.at)
	if err != nil {
		t.Fatalf("%s: %v", g.name, err)
	}
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	if g.greets {
		if line, err := bufio.NewReaderSize(oneByte{c}, 16).ReadString('\n'); err != nil || !strings.HasPrefix(line, "INFO ") {
			t.Fatalf("%s greets with %q, %v", g.name, line, err)
		}
	}
	return c
}

// oneByte never reads further than it is asked to: what follows the greeting belongs to TLS.
type oneByte struct{ r io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.r.Read(p[:1]) }

// enter returns nil where the listener lets a client with this configuration in, else what it answered.
func (g gate) enter(t *testing.T, conf *tls.Config) error {
	t.Helper()
	raw := g.connect(t)
	defer func() { _ = raw.Close() }()
	conf = conf.Clone()
	conf.ServerName = "127.0.0.1"
	c := tls.Client(raw, conf)
	if err := c.HandshakeContext(t.Context()); err != nil {
		return err
	}
	if c.ConnectionState().Version < tls.VersionTLS13 {
		return nil
	}
	// With TLS 1.3 a client is through before the server has looked at its certificate; a refusal comes with the first read.
	_ = c.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	_, err := c.Read(make([]byte, 1))
	if wait, ok := errors.AsType[net.Error](err); ok && wait.Timeout() {
		return nil
	}
	return err
}

// refused wants the other side's own refusal: an error of this side would prove nothing.
func refused(err error) bool {
	return err != nil && strings.Contains(err.Error(), "remote error: tls:")
}

// probe is one kind of old or weak client.
type probe struct {
	name string
	conf *tls.Config
}

// weak are the clients that nobody may let in: old versions, and each suite of TLS 1.2 without forward secrecy or without
// authenticated encryption.
func weak() []probe {
	all := append(tls.CipherSuites(), tls.InsecureCipherSuites()...)
	var ids []uint16
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	probes := []probe{
		{"TLS 1.0", &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10, CipherSuites: ids, InsecureSkipVerify: true}},
		{"TLS 1.1", &tls.Config{MinVersion: tls.VersionTLS11, MaxVersion: tls.VersionTLS11, CipherSuites: ids, InsecureSkipVerify: true}},
	}
	for _, s := range all {
		strong := strings.HasPrefix(s.Name, "TLS_ECDHE_") && (strings.Contains(s.Name, "_GCM_") || strings.Contains(s.Name, "CHACHA20"))
		if s.SupportedVersions[0] != tls.VersionTLS13 && !strong {
			probes = append(probes, probe{s.Name, only(s.ID)})
		}
	}
	return probes
}

// only offers one suite of TLS 1.2.
func only(id uint16) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{id}, InsecureSkipVerify: true}
}

// The clients that must not come in are refused, and with the right certificate those that must come in do.
func (h *house) versionsAndCiphers(t *testing.T) {
	for _, g := range h.gates() {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			own := show(h.own(t, g))
			for _, p := range weak() {
				p.conf.GetClientCertificate = own
				if err := g.enter(t, p.conf); !refused(err) {
					t.Errorf("lets in %s: %v", p.name, err)
				}
			}
			for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
				conf := &tls.Config{MinVersion: version, MaxVersion: version, InsecureSkipVerify: true, GetClientCertificate: own}
				if err := g.enter(t, conf); err != nil {
					t.Errorf("refuses %s: %v", tls.VersionName(version), err)
				}
			}
		})
	}
}

// show gives this certificate whatever the server says it would take: an intruder does, too.
func show(c *tls.Certificate) func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	return func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return c, nil }
}

// own is a certificate that the listener should take: the terminal's at the stack, a node's in the cluster, which has an
// authority of its own.
func (h *house) own(t *testing.T, g gate) *tls.Certificate {
	t.Helper()
	if h.ofStack(g) {
		return h.terminal(t)
	}
	pair := filepath.Join(h.dir, "copy", "fleet", "keys", "server.pem")
	c, err := tls.LoadX509KeyPair(pair, pair)
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

func (h *house) ofStack(g gate) bool {
	return g.at == strings.TrimPrefix(h.Kiosk, "https://") || g.at == value(h.Central.Args, "listen-mqtt")
}

func (h *house) terminal(t *testing.T) *tls.Certificate {
	t.Helper()
	id, err := enrol.Load(filepath.Join(h.Terminals[0].Data, "identity"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := id.TLS().GetClientCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// forged is what a stranger makes who has seen the right certificate: the same names and numbers, signed by an authority
// that only calls itself ours.
func forged(t *testing.T, own *tls.Certificate, root *x509.Certificate) *tls.Certificate {
	t.Helper()
	leaf, err := x509.ParseCertificate(own.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	keys := make([]*ecdsa.PrivateKey, 2)
	for i := range keys {
		if keys[i], err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	like := &x509.Certificate{
		SerialNumber: leaf.SerialNumber, RawSubject: leaf.RawSubject, NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter, KeyUsage: leaf.KeyUsage,
		ExtKeyUsage: leaf.ExtKeyUsage, DNSNames: leaf.DNSNames, IPAddresses: leaf.IPAddresses, URIs: leaf.URIs,
	}
	issuer := &x509.Certificate{RawSubject: root.RawSubject, SubjectKeyId: root.SubjectKeyId, IsCA: true}
	der, err := x509.CreateCertificate(rand.Reader, like, issuer, keys[0].Public(), keys[1])
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: keys[0]}
}

func rootIn(t *testing.T, data string) *x509.Certificate {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "fleet", "keys", "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	root, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// Who has no certificate may at most enrol; who has one of another authority is not even heard.
func (h *house) certificates(t *testing.T) {
	for _, g := range h.gates() {
		if g.name == "web" || strings.HasPrefix(g.name, "NATS") {
			continue // people and copies of the centre come without certificates
		}
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			h.certificatesAt(t, g)
		})
	}
}

func (h *house) certificatesAt(t *testing.T, g gate) {
	// Stack and cluster are two houses, each with its authority: the one's certificates are a stranger's at the other.
	data, other := filepath.Join(h.dir, "copy"), h.terminal(t)
	if h.ofStack(g) {
		data, other = filepath.Join(h.Dir, "central"), h.own(t, gate{})
	}
	root, pool := rootIn(t, data), x509.NewCertPool()
	pool.AddCert(root)
	halls := strings.HasPrefix(g.name, "terminals'")
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		with := func(c *tls.Certificate) error {
			return g.enter(t, &tls.Config{MinVersion: version, MaxVersion: version, RootCAs: pool, GetClientCertificate: show(c)})
		}
		v := tls.VersionName(version)
		if err := with(h.own(t, g)); err != nil {
			t.Errorf("%s: its own certificate: %v", v, err)
		}
		if err := with(other); !refused(err) {
			t.Errorf("%s: lets in a certificate of another authority: %v", v, err)
		}
		if err := with(forged(t, h.own(t, g), root)); !refused(err) {
			t.Errorf("%s: lets in a forged certificate: %v", v, err)
		}
		switch err := with(&tls.Certificate{}); {
		case halls && err != nil:
			t.Errorf("%s: no certificate, and so no enrolment: %v", v, err)
		case !halls && !refused(err):
			t.Errorf("%s: lets in a client without a certificate: %v", v, err)
		}
	}
	if halls {
		h.withoutCertificate(t, g, pool)
	}
}

// withoutCertificate asks for what only a terminal may have.
func (h *house) withoutCertificate(t *testing.T, g gate, pool *x509.CertPool) {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, DisableKeepAlives: true}}
	for path, want := range map[string]int{
		wire.PathCertificate: http.StatusUnauthorized, wire.PathSnapshot: http.StatusUnauthorized, wire.PathBulletin: http.StatusUnauthorized,
		"/api/staff/v1/window/cases": http.StatusNotFound, "/console/": http.StatusNotFound, "/metrics": http.StatusNotFound,
	} {
		res, err := client.Get("https://" + g.at + path)
		if err != nil {
			t.Errorf("%s: %s: %v", g.name, path, err)
			continue
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %s without a certificate: %s, want %d", g.name, path, res.Status, want)
		}
	}
}

// A client that knows the token but speaks in clear is not answered; the stack's own port on this machine, where the same
// bytes are answered, shows that they are right.
func (h *house) plain(t *testing.T) {
	say := func(g gate, data string) string {
		token, err := os.ReadFile(filepath.Join(data, "fleet", "keys", "broker.token"))
		if err != nil {
			t.Fatal(err)
		}
		c := g.connect(t)
		defer func() { _ = c.Close() }()
		_, _ = fmt.Fprintf(c, "CONNECT {\"verbose\":false,\"auth_token\":%q,\"user\":\"node\",\"pass\":%[1]q}\r\nPING\r\n", strings.TrimSpace(string(token)))
		_ = c.SetReadDeadline(time.Now().Add(time.Second))
		line, _ := bufio.NewReader(c).ReadString('\n')
		return line
	}
	inside := gate{"NATS", value(h.Central.Args, "listen-nats"), true}
	if got := say(inside, filepath.Join(h.Dir, "central")); !strings.HasPrefix(got, "PONG") {
		t.Errorf("%s: %q", inside.name, got)
	}
	for _, g := range h.gates() {
		if !strings.HasPrefix(g.name, "NATS") && !strings.HasPrefix(g.name, "route") {
			continue
		}
		if got := say(g, filepath.Join(h.dir, "copy")); strings.HasPrefix(got, "PONG") || strings.HasPrefix(got, "INFO") {
			t.Errorf("%s answers in clear: %q", g.name, got)
		}
	}
}

// The probes find a weak listener: a test that only ever sees refusals might be refused for another reason.
func TestProbesFindAWeakListener(t *testing.T) {
	file := filepath.Join(t.TempDir(), "weak.pem")
	if err := selfSigned(file); err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(file, file)
	if err != nil {
		t.Fatal(err)
	}
	cbc := []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{MinVersion: tls.VersionTLS10, CipherSuites: cbc, Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_ = c.(*tls.Conn).Handshake()
				_, _ = c.Read(make([]byte, 1))
				_ = c.Close()
			}()
		}
	}()
	found := map[string]bool{}
	for _, p := range weak() {
		found[p.name] = (gate{"weak", l.Addr().String(), false}).enter(t, p.conf) == nil
	}
	for _, name := range []string{"TLS 1.0", "TLS 1.1", tls.CipherSuiteName(cbc[0]), tls.CipherSuiteName(cbc[1]), tls.CipherSuiteName(cbc[2])} {
		if !found[name] {
			t.Errorf("%s is accepted there, and the probe did not find it", name)
		}
	}
}
