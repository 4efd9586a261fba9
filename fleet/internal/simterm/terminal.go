// Package simterm is a terminal without a screen (模拟终端): it enrols, connects, seals, uploads and waits for receipts by
// the same rules as a real one. Tests and fleetsim use it; it shares no code with the gate but the contract in fleet/wire.
package simterm

import (
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/ids"
	"tongban/fleet/wire"
)

// subackRefused is the broker's answer to a subscription that is not allowed; paho does not make an error of it.
const subackRefused = 0x80

// Terminal is one simulated terminal.
type Terminal struct {
	wire.Enrolment
	Clock clock.Clock
	// OnStray is told of receipts that no Deliver waits for; set it before anything is sent.
	OnStray func(wire.Receipt)

	key    *ecdsa.PrivateKey
	centre *ecdh.PublicKey
	tls    *tls.Config
	http   *http.Client
	client mqtt.Client

	seq   [2]atomic.Int64 // case, report
	cases atomic.Int64    // count in case numbers

	mu      sync.Mutex
	waiting map[string]chan wire.Receipt
	notices []wire.CaseNotice
	orders  [][]byte
	conn    net.Conn
}

// Connect opens the MQTT session, subscribes and reports itself online. The connection comes back by itself.
func (t *Terminal) Connect(ctx context.Context) error {
	up := make(chan error, 1)
	offline, err := json.Marshal(wire.Status{Terminal: t.Enrolment.Terminal, At: t.Clock.Now().UTC()})
	if err != nil {
		return fmt.Errorf("encode last will: %w", err)
	}
	o := mqtt.NewClientOptions().SetClientID(t.Enrolment.Terminal).SetProtocolVersion(4).
		SetTLSConfig(t.tls).SetCleanSession(false).SetOrderMatters(false).
		SetAutoReconnect(true).SetMaxReconnectInterval(time.Second).SetConnectRetry(true).SetConnectRetryInterval(500*time.Millisecond).
		SetKeepAlive(15*time.Second).SetConnectTimeout(5*time.Second).SetWriteTimeout(10*time.Second).
		SetBinaryWill(wire.TopicStatus(t.Enrolment.Terminal), offline, 1, true).
		SetDefaultPublishHandler(t.receive).
		SetCustomOpenConnectionFn(t.dial).
		SetOnConnectHandler(func(c mqtt.Client) {
			// Subscribed again at each connection: a broker with a new store knows no session.
			go func() {
				select {
				case up <- t.greet(c):
				default:
				}
			}()
		})
	nodes := strings.Split(t.Broker, ",")
	for i := range nodes { // terminals begin at different nodes
		o.AddBroker(nodes[(t.Number+i)%len(nodes)])
	}
	t.client = mqtt.NewClient(o)
	t.client.Connect()
	select {
	case err := <-up:
		return err
	case <-ctx.Done():
		t.client.Disconnect(0)
		return fmt.Errorf("connect %s: %w", t.Enrolment.Terminal, ctx.Err())
	}
}

func (t *Terminal) greet(c mqtt.Client) error {
	want := map[string]byte{wire.TopicReceipt(t.Enrolment.Terminal): 1, wire.TopicNotice(t.Enrolment.Terminal): 1, wire.TopicOrder(t.Enrolment.Terminal): 1}
	tok := c.SubscribeMultiple(want, t.receive)
	if !tok.WaitTimeout(10*time.Second) || tok.Error() != nil {
		return fmt.Errorf("subscribe: %w", errors.Join(tok.Error(), errors.New("no answer")))
	}
	for topic, rc := range tok.(*mqtt.SubscribeToken).Result() {
		if rc == subackRefused {
			return fmt.Errorf("subscribe %s: refused", topic)
		}
	}
	return t.Report(true)
}

// Report publishes the terminal's status, retained.
func (t *Terminal) Report(online bool, devices ...wire.DeviceStatus) error {
	s := wire.Status{Terminal: t.Enrolment.Terminal, Online: online, Version: "sim", Devices: devices, At: t.Clock.Now().UTC()}
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode status: %w", err)
	}
	tok := t.client.Publish(wire.TopicStatus(t.Enrolment.Terminal), 1, true, body)
	if !tok.WaitTimeout(10 * time.Second) {
		return errors.New("publish status: no answer")
	}
	return tok.Error()
}

// dial keeps hold of the connection, so that Cut can end it.
func (t *Terminal) dial(uri *url.URL, _ mqtt.ClientOptions) (net.Conn, error) {
	conn, err := (&tls.Dialer{NetDialer: &net.Dialer{Timeout: 5 * time.Second}, Config: t.tls}).Dial("tcp", uri.Host)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	t.conn = conn
	t.mu.Unlock()
	return conn, nil
}

// Cut ends the connection without a word, as a pulled plug does. The terminal connects again by itself: it takes the
// passed deadline for a broken line, while a closed socket would look like its own wish.
func (t *Terminal) Cut() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conn != nil {
		_ = t.conn.SetReadDeadline(time.Unix(1, 0))
	}
}

// Disconnect leaves in order; the broker keeps the session.
func (t *Terminal) Disconnect() { t.client.Disconnect(250) }

// receive hands a message to whoever waits for it.
func (t *Terminal) receive(_ mqtt.Client, m mqtt.Message) {
	if m.Topic() == wire.TopicNotice(t.Enrolment.Terminal) {
		var n wire.CaseNotice
		if json.Unmarshal(m.Payload(), &n) == nil {
			t.mu.Lock()
			t.notices = append(t.notices, n)
			t.mu.Unlock()
		}
		return
	}
	if m.Topic() == wire.TopicOrder(t.Enrolment.Terminal) {
		t.mu.Lock()
		t.orders = append(t.orders, m.Payload())
		t.mu.Unlock()
		return
	}
	var r wire.Receipt
	if json.Unmarshal(m.Payload(), &r) != nil {
		return
	}
	t.mu.Lock()
	c, ok := t.waiting[r.ID]
	stray := t.OnStray
	t.mu.Unlock()
	if !ok {
		if stray != nil {
			stray(r)
		}
		return
	}
	select {
	case c <- r:
	default: // one is enough
	}
}

// Notices returns the case notices that came so far.
func (t *Terminal) Notices() []wire.CaseNotice {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]wire.CaseNotice(nil), t.notices...)
}

// Orders returns the orders of the centre that came so far, unread.
func (t *Terminal) Orders() [][]byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([][]byte(nil), t.orders...)
}

// Seal closes body into an envelope ready to be sent.
func (t *Terminal) Seal(lane wire.Lane, kind wire.Kind, body []byte) (*wire.Envelope, error) {
	seq := &t.seq[0]
	if lane == wire.LaneReport {
		seq = &t.seq[1]
	}
	e := &wire.Envelope{
		V: wire.Version, ID: ids.New(), Terminal: t.Enrolment.Terminal, Epoch: t.Epoch, Lane: lane, Kind: kind,
		Seq: seq.Add(1), MadeAt: t.Clock.Now().UTC(),
	}
	var err error
	if e.Box, err = wire.Close(t.centre, e.ID, body); err != nil {
		return nil, err
	}
	return e, e.Sign(t.key)
}

// NextCase makes the terminal's next case number of today.
func (t *Terminal) NextCase() (string, error) {
	return wire.CaseNo(t.Clock.Now().In(clock.Shanghai), t.Number, t.CaseSeq+int(t.cases.Add(1)))
}

// Publish sends raw bytes on an uplink lane and does not wait for a receipt.
func (t *Terminal) Publish(lane wire.Lane, raw []byte) {
	t.client.Publish(wire.TopicUp(t.Enrolment.Terminal, lane), 1, false, raw)
}

// Outcome is what became of one delivery.
type Outcome struct {
	Receipt wire.Receipt
	Sends   int // how often the envelope was published
	Retries int // receipts that asked for another time
	Took    time.Duration
}

// Deliver sends an envelope until its receipt says that it may be forgotten or was refused, or ctx ends. What gets no
// receipt within resend is sent again, as it is.
func (t *Terminal) Deliver(ctx context.Context, e *wire.Envelope, resend time.Duration) (Outcome, error) {
	raw, err := json.Marshal(e)
	if err != nil {
		return Outcome{}, fmt.Errorf("encode envelope: %w", err)
	}
	answer := make(chan wire.Receipt, 1)
	t.mu.Lock()
	t.waiting[e.ID] = answer
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		delete(t.waiting, e.ID)
		t.mu.Unlock()
	}()

	var out Outcome
	began := t.Clock.Now()
	for {
		t.Publish(e.Lane, raw)
		out.Sends++
		select {
		case out.Receipt = <-answer:
			if out.Receipt.Status != wire.Retry {
				out.Took = t.Clock.Now().Sub(began)
				return out, nil
			}
			out.Retries++
			if err := clock.Sleep(ctx, t.Clock, resend/4); err != nil {
				return out, err
			}
		case <-t.Clock.After(resend):
		case <-ctx.Done():
			return out, ctx.Err()
		}
	}
}

func (t *Terminal) setTLS(ca *x509.CertPool, cert tls.Certificate) {
	t.tls = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: ca, Certificates: []tls.Certificate{cert}}
	t.http = &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: t.tls.Clone(), MaxIdleConnsPerHost: 8}}
}
