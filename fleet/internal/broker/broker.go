// Package broker runs the message broker inside our own program (消息中间件): nats-server with its MQTT listener for
// terminals and one JetStream stream that keeps the whole uplink in order until the centre has read it.
//
// Terminals come in by MQTT 3.1.1 over mutual TLS and may touch only their own topics. The centre comes in by the native
// protocol with a token, from the same process or from another one.
package broker

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"tongban/central/kernel/clock"
	"tongban/fleet/internal/ca"
)

// maxPayload bounds one message. It is larger than an envelope may be, so that a somewhat too large one still arrives
// and is answered with a reason; beyond it the broker cuts the connection.
const maxPayload = 1 << 20

// startWait is how long a broker may take to open its store and listen.
const startWait = 30 * time.Second

// storesWait bounds one attempt to make the streams.
const storesWait = 2 * time.Second

// Config of one broker.
type Config struct {
	Dir      string // message store
	MQTT     string // host:port for terminals; port 0 chooses one
	NATS     string // host:port for a centre in another process; "" opens none
	MaxStore int64  // bytes on disk, default 10 GiB
	Cluster  Cluster
	Keys     *ca.Keys
	Log      *slog.Logger
}

// Replicas is how often the brokers of c keep each message: on three nodes when there are three.
func (c Cluster) Replicas() int {
	if len(c.Routes) >= 2 {
		return 3
	}
	return 1
}

// Cluster makes a broker one node of several (集群). The zero value is a broker alone.
type Cluster struct {
	Node   string   // name of this node, unique among them
	Listen string   // host:port for the other nodes, TLS with certificates on both sides
	Routes []string // host:port of the other nodes
}

// Broker is a running broker.
type Broker struct {
	srv  *server.Server
	opts *server.Options
	copy int // how often each message is kept
	lock *os.File
	conn *nats.Conn // in-process, for the roll
	stop context.CancelFunc
}

// Start opens the store, listens, and makes the stream and the roll of terminals when they are missing. The returned
// broker serves until Stop.
func Start(ctx context.Context, c Config) (*Broker, error) {
	opts, err := options(c)
	if err != nil {
		return nil, err
	}
	gate := newGate(c.Keys.Token, c.Log)
	opts.CustomClientAuthentication = gate

	faster()
	lock, err := lockStore(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("start broker: %w", err)
	}
	srv, err := server.NewServer(opts)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make broker: %w", err), lock.Close())
	}
	fatal := make(chan string, 1)
	srv.SetLoggerV2(logger{c.Log, fatal}, false, false, false)
	b := &Broker{srv: srv, opts: opts, copy: c.Cluster.Replicas(), lock: lock}
	go srv.Start()
	if err = b.ready(fatal); err == nil {
		err = b.open(ctx, gate, c.Log)
	}
	if err != nil {
		b.Stop()
		return nil, fmt.Errorf("start broker: %w", err)
	}
	return b, nil
}

// ready waits until the broker listens. The server does not end when it cannot: it only says so to its log.
func (b *Broker) ready(fatal <-chan string) error {
	const look = 100 * time.Millisecond
	for waited := time.Duration(0); waited < startWait; waited += look {
		if b.srv.ReadyForConnections(look) {
			return nil
		}
		select {
		case why := <-fatal:
			return errors.New(why)
		default:
		}
	}
	return fmt.Errorf("not ready after %s", startWait)
}

// open makes what the store must hold and lets terminals in.
func (b *Broker) open(ctx context.Context, gate *gate, log *slog.Logger) error {
	var err error
	b.conn, err = nats.Connect("", nats.InProcessServer(b.srv), nats.Token(gate.token), nats.Name("broker"))
	if err != nil {
		return fmt.Errorf("connect to own broker: %w", err)
	}
	js, err := jetstream.New(b.conn)
	if err != nil {
		return fmt.Errorf("open streams: %w", err)
	}
	roll, err := b.stores(ctx, js, log)
	if err != nil {
		return err
	}
	watch, stop := context.WithCancel(context.WithoutCancel(ctx))
	b.stop = stop
	return gate.follow(watch, roll, b.srv)
}

// stores makes stream and roll. A node of a cluster waits here, however long, until more than half of the nodes are up.
func (b *Broker) stores(ctx context.Context, js jetstream.JetStream, log *slog.Logger) (*Roll, error) {
	try := func() (*Roll, error) {
		// What is asked before the nodes have a leader is never answered.
		ctx, cancel := context.WithTimeout(ctx, storesWait)
		defer cancel()
		if err := Ensure(ctx, js, b.copy); err != nil {
			return nil, err
		}
		return OpenRoll(ctx, js, b.copy)
	}
	for {
		roll, err := try()
		if err == nil {
			return roll, nil
		}
		if b.copy == 1 || ctx.Err() != nil {
			return nil, err
		}
		log.DebugContext(ctx, "broker waits for the other nodes", "cause", err.Error())
		if err := clock.Sleep(ctx, clock.System(), 250*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// Stop closes connections and the store, and returns when all is on disk.
func (b *Broker) Stop() {
	if b.stop != nil {
		b.stop()
	}
	if b.conn != nil {
		b.conn.Close()
	}
	b.srv.Shutdown()
	b.srv.WaitForShutdown()
	_ = b.lock.Close()
}

// Done is closed when the broker has stopped, for whatever reason.
func (b *Broker) Done() <-chan struct{} {
	c := make(chan struct{})
	go func() {
		b.srv.WaitForShutdown()
		close(c)
	}()
	return c
}

// MQTT is where terminals connect, host:port.
func (b *Broker) MQTT() string {
	return net.JoinHostPort(b.opts.MQTT.Host, strconv.Itoa(b.opts.MQTT.Port))
}

// NATS is where a centre in another process connects, host:port; "" when there is none.
func (b *Broker) NATS() string {
	if b.opts.DontListen {
		return ""
	}
	return b.srv.Addr().String()
}

// InProcess connects without a socket.
func (b *Broker) InProcess() nats.Option { return nats.InProcessServer(b.srv) }

func options(c Config) (*server.Options, error) {
	mqttHost, mqttPort, err := split(c.MQTT)
	if err != nil {
		return nil, fmt.Errorf("mqtt address: %w", err)
	}
	o := &server.Options{
		ServerName:             "tongban",
		NoSigs:                 true,
		NoLog:                  true,
		NoSystemAccount:        true,
		DontListen:             c.NATS == "",
		MaxPayload:             maxPayload,
		JetStream:              true,
		DisableJetStreamBanner: true,
		StoreDir:               c.Dir,
		JetStreamMaxStore:      c.MaxStore,
		JetStreamMaxMemory:     64 << 20,
		SyncInterval:           time.Second, // what a power cut may take; the terminal still has it, see the receipt
		MQTT: server.MQTTOpts{
			Host:       mqttHost,
			Port:       mqttPort,
			TLSConfig:  c.Keys.ServerTLS(tls.RequireAndVerifyClientCert),
			TLSTimeout: 10,
			AckWait:    4 * time.Second, // the default of 30 s delays what waits for a terminal that comes back
		},
	}
	// One consumer for each subscription of each terminal: the default of 1,000 fails silently above it.
	o.JetStreamLimits.DefaultMaxConsumers = -1
	if o.JetStreamMaxStore == 0 {
		o.JetStreamMaxStore = 10 << 30
	}
	if c.NATS != "" {
		if o.Host, o.Port, err = split(c.NATS); err != nil {
			return nil, fmt.Errorf("nats address: %w", err)
		}
		// The token would travel in clear: only this machine talks without TLS, and only to a broker alone.
		if ip := net.ParseIP(o.Host); c.Cluster.Listen != "" || o.Host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			o.TLSConfig = c.Keys.ServerTLS(tls.NoClientCert)
			o.TLSTimeout = 10
		}
	}
	return o, c.join(o)
}

// join adds what makes o a node among others. A route is opened by certificate and token: a terminal has the first and not
// the second.
func (c Config) join(o *server.Options) error {
	if c.Cluster.Listen == "" {
		return nil
	}
	host, port, err := split(c.Cluster.Listen)
	if err != nil {
		return fmt.Errorf("cluster address: %w", err)
	}
	if c.Cluster.Node == "" || len(c.Cluster.Routes) == 0 || c.NATS == "" {
		return errors.New("a node of a cluster needs a name, the addresses of the others and a listener for centres")
	}
	conf := c.Keys.ServerTLS(tls.RequireAndVerifyClientCert)
	conf.RootCAs = c.Keys.Pool()
	o.ServerName = c.Cluster.Node
	o.NoSystemAccount = false // the nodes' own talk about streams
	o.Cluster = server.ClusterOpts{
		Name: "tongban", Host: host, Port: port, Username: routeUser, Password: c.Keys.Token,
		TLSConfig: conf, TLSTimeout: 10, NoAdvertise: true,
	}
	for _, r := range c.Cluster.Routes {
		if _, _, err := split(r); err != nil {
			return fmt.Errorf("address of another node: %w", err)
		}
		o.Routes = append(o.Routes, &url.URL{Scheme: "nats-route", Host: r, User: url.UserPassword(routeUser, c.Keys.Token)})
	}
	o.MQTT.StreamReplicas = c.Cluster.Replicas()
	return nil
}

const routeUser = "node"

// split reads host:port; the server takes -1 for "any port" and reads 0 as "none".
func split(addr string) (string, int, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, err
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 0 || n > 65535 {
		return "", 0, fmt.Errorf("port %q is not a port", port)
	}
	if host == "" {
		host = "0.0.0.0"
	}
	if n == 0 {
		n = server.RANDOM_PORT
	}
	return host, n, nil
}
