package broker

import (
	"context"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"tongban/fleet/internal/ca"
	"tongban/fleet/wire"
)

// lookWait bounds the direct look-up of a certificate that the roll's watcher has not brought yet.
const lookWait = time.Second

// gate decides who may connect (接入认证). Terminals are known by their certificate alone: its common name is the
// terminal's code, and its serial must be the one on the roll, so that the certificate of an earlier enrolment is worth
// nothing from the moment of the next one.
type gate struct {
	token string
	log   *slog.Logger

	mu      sync.Mutex
	roll    *Roll
	serials map[string]string  // code → serials that may connect, with a space between two
	live    map[string]session // code → newest connection
}

type session struct {
	id     uint64
	serial string
}

func newGate(token string, log *slog.Logger) *gate {
	return &gate{token: token, log: log, serials: map[string]string{}, live: map[string]session{}}
}

// Check implements server.Authentication. It is called once for each connection, after the TLS handshake and the first
// packet; false closes the connection.
func (g *gate) Check(c server.ClientAuthentication) bool {
	client, mqtt, ok := clientID(c)
	if !ok {
		return false
	}
	if !mqtt {
		// The centre itself, in this process or by the native listener.
		return subtle.ConstantTimeCompare([]byte(c.GetOpts().Token), []byte(g.token)) == 1
	}

	state := c.GetTLSConnectionState()
	if state == nil || len(state.VerifiedChains) == 0 {
		return false
	}
	cert := state.PeerCertificates[0]
	code, serial := cert.Subject.CommonName, ca.Serial(cert)
	if !wire.ValidTerminal(code) {
		return false
	}
	// The client id names the broker's session: another terminal's id would take over its connection and what waits
	// for it.
	if client != code {
		g.log.Warn("terminal connects under a foreign client id", "terminal", code)
		return false
	}
	if !g.admit(code, session{c.GetID(), serial}) {
		g.log.Warn("terminal connects with a certificate that is not its current one", "terminal", code)
		return false
	}
	c.RegisterUser(&server.User{Username: code, Permissions: permissions(code)})
	return true
}

// permissions lets a terminal publish below d/<code>/up and read below d/<code>/down, nothing else. $MQTT.sub is where
// the server itself delivers a QoS 1 subscription; a client cannot name it.
func permissions(code string) *server.Permissions {
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: []string{"d." + code + ".up.>"}},
		Subscribe: &server.SubjectPermission{Allow: []string{"d." + code + ".down.>", "$MQTT.sub.>"}},
	}
}

// admit notes a connection whose certificate is the terminal's current one, so that learn can cut it later.
func (g *gate) admit(code string, s session) bool {
	g.mu.Lock()
	known, roll := g.serials[code], g.roll
	g.mu.Unlock()
	if !listed(known, s.serial) && !onRoll(roll, code, s.serial) {
		return false
	}

	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.serials[code]; now != known && !listed(now, s.serial) {
		return false // replaced while we looked
	}
	g.live[code] = s
	return true
}

// onRoll asks the roll itself: the terminal may have been enrolled a moment ago, before the watcher brought it.
func onRoll(roll *Roll, code, serial string) bool {
	if roll == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookWait)
	defer cancel()
	now, err := roll.Serial(ctx, code)
	return err == nil && listed(now, serial)
}

// listed reports whether serial is one of those on a line of the roll: two while a terminal changes its certificate.
func listed(line, serial string) bool {
	return serial != "" && slices.Contains(strings.Fields(line), serial)
}

// follow keeps serials as the roll has them, and cuts a connection whose certificate is no longer the current one.
func (g *gate) follow(ctx context.Context, roll *Roll, srv *server.Server) error {
	watch, err := roll.kv.WatchAll(ctx)
	if err != nil {
		return fmt.Errorf("watch the roll: %w", err)
	}
	g.mu.Lock()
	g.roll = roll
	g.mu.Unlock()
	go func() {
		defer func() { _ = watch.Stop() }()
		for {
			select {
			case <-ctx.Done():
				return
			case e, ok := <-watch.Updates():
				if !ok {
					return
				}
				if e != nil { // nil marks the end of what was there already
					g.learn(e, srv)
				}
			}
		}
	}()
	return nil
}

func (g *gate) learn(e jetstream.KeyValueEntry, srv *server.Server) {
	code, serial := e.Key(), string(e.Value())
	g.mu.Lock()
	if e.Operation() != jetstream.KeyValuePut {
		serial = ""
	}
	g.serials[code] = serial
	old, on := g.live[code]
	if on && !listed(serial, old.serial) {
		delete(g.live, code)
	}
	g.mu.Unlock()
	if on && !listed(serial, old.serial) {
		g.log.Info("terminal is cut off: its certificate is not valid any more", "terminal", code)
		_ = srv.DisconnectClientByID(old.id) // gone already is as good
	}
}

// clientID tells a terminal's connection from a native one and reads its MQTT client id. The server offers neither
// through its interface, but prints both as `addr - mid:7 - "K-01"` before it asks; a client id cannot hold a space.
// What does not look like that is refused. TestForeignClientID holds this against a change of the server.
func clientID(c server.ClientAuthentication) (id string, mqtt, ok bool) {
	s, isStringer := c.(interface{ String() string })
	if !isStringer {
		return "", false, false
	}
	parts := strings.Split(s.String(), " - ")
	switch {
	case len(parts) == 2 && strings.HasPrefix(parts[1], "cid:"):
		return "", false, true
	case len(parts) == 3 && strings.HasPrefix(parts[1], "mid:"):
		return strings.Trim(parts[2], `"`), true, true
	}
	return "", false, false
}
