// Package doors walks around the running product and tries every door (端口与页面安全检查): which ports its processes listen on,
// whether that is what deploy/docs/ports.md says, what those that speak TLS let in, and what the pages allow a browser to run.
package doors

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/deploy/stack"
)

// house is everything that the table of ports names, running: one stack, and beside it the three brokers of a cluster with a
// copy of the centre that serves HTTPS, and the receiver of checkpoints.
type house struct {
	*stack.Stack
	dir       string
	processes []*stack.Process
	brokers   []brokerAt
	https     string // host:port of the copy's web listener
	kiosk     string // and of its terminals' listener
	cert      string // file with its web certificate
}

type brokerAt struct{ mqtt, nats, route string }

func open(t *testing.T) *house {
	t.Helper()
	bin := os.Getenv("TONGBAN_BIN")
	if bin == "" {
		t.Skip("TONGBAN_BIN is not set: run by make test")
	}
	h := &house{dir: t.TempDir()}
	t.Cleanup(func() {
		for _, p := range h.processes {
			p.Kill()
		}
	})
	beside := make(chan error, 1)
	go func() { beside <- h.beside(t.Context(), bin) }()
	var err error
	h.Stack, err = stack.Start(t.Context(), stack.Config{Bin: bin, Dir: filepath.Join(h.dir, "stack"), Fast: true, Terminals: stack.Usual()[:1], Counter: true})
	if err != nil {
		t.Fatal(err, <-beside)
	}
	t.Cleanup(func() { _ = h.Stop() })
	if err := <-beside; err != nil {
		t.Fatal(err)
	}
	all := []*stack.Process{h.Central, h.SMS, h.Province, h.Desk.Agent, h.Desk.Devices}
	for _, k := range h.Terminals {
		all = append(all, k.Agent, k.Devices)
	}
	h.processes = append(h.processes, all...)
	return h
}

// beside starts what a stack alone does not have.
func (h *house) beside(ctx context.Context, bin string) error {
	program, data := filepath.Join(bin, "tongban-central"), filepath.Join(h.dir, "copy")
	if out, err := exec.CommandContext(ctx, program, "init", "--data", data).CombinedOutput(); err != nil {
		return fmt.Errorf("init: %w: %s", err, out)
	}
	ports, err := stack.OpenPorts(filepath.Join(h.dir, "ports"), false)
	if err != nil {
		return err
	}
	var nats, mqtt []string
	for i := range 3 {
		at := func(what string) string { return ports.At(fmt.Sprint(what, i), 0) }
		h.brokers = append(h.brokers, brokerAt{at("mqtt"), at("nats"), at("route")})
		mqtt, nats = append(mqtt, "ssl://"+h.brokers[i].mqtt), append(nats, "tls://"+h.brokers[i].nats)
	}
	errs := make(chan error, len(h.brokers))
	for i, b := range h.brokers {
		own := filepath.Join(h.dir, fmt.Sprint("broker-", i))
		if err := os.CopyFS(filepath.Join(own, "fleet", "keys"), os.DirFS(filepath.Join(data, "fleet", "keys"))); err != nil {
			return fmt.Errorf("give keys to a broker: %w", err)
		}
		others := h.brokers[(i+1)%3].route + "," + h.brokers[(i+2)%3].route
		p := h.process(fmt.Sprint("broker-", i), program, "broker", "--data", own, "--broker-node", fmt.Sprint("broker-", i), "--broker-routes", others,
			"--listen-mqtt", b.mqtt, "--listen-nats", b.nats, "--listen-route", b.route)
		go func() { errs <- p.Start(ctx, 30*time.Second, nil) }()
	}
	for range h.brokers {
		if err := <-errs; err != nil {
			return err
		}
	}
	h.https, h.kiosk, h.cert = ports.At("web", 0), ports.At("kiosk", 0), filepath.Join(h.dir, "web.pem")
	if err := selfSigned(h.cert); err != nil {
		return err
	}
	copied := h.process("copy", program, "serve", "--data", data, "--broker-url", strings.Join(nats, ","), "--broker-tell", strings.Join(mqtt, ","),
		"--listen-web", h.https, "--listen-kiosk", h.kiosk, "--listen-admin", ports.At("admin", 0), "--public-url", "https://"+h.https,
		"--tls-cert", h.cert, "--tls-key", h.cert)
	if err := copied.Start(ctx, 60*time.Second, nil); err != nil {
		return err
	}
	return h.process("receiver", program, "audit", "receive", "--listen", ports.At("receive", 0), "--checkpoints", filepath.Join(h.dir, "checkpoints")).Start(ctx, 20*time.Second, nil)
}

func (h *house) process(name string, args ...string) *stack.Process {
	p := &stack.Process{Name: name, Args: args, Log: filepath.Join(h.dir, "logs", name+".log")}
	h.processes = append(h.processes, p)
	return p
}

// selfSigned writes certificate and key of 127.0.0.1 into one file.
func selfSigned(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make key: %w", err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		return fmt.Errorf("make certificate: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("encode key: %w", err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...)
	return os.WriteFile(path, text, 0o600)
}

// One start serves all of it.
func TestDoors(t *testing.T) {
	h := open(t)
	t.Run("only documented ports", h.ports)
	t.Run("a terminal opens nothing to its network", h.terminalIsClosed)
	t.Run("TLS of every listener that has it", h.versionsAndCiphers)
	t.Run("certificates of terminals", h.certificates)
	t.Run("nothing in clear between brokers", h.plain)
	t.Run("pages", h.pages)
}
