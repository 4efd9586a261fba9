package link

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"tongban/fleet/wire"
)

// Waits of the broker connection. A dead network is noticed within keepAlive + pingLimit.
const (
	connectLimit = 10 * time.Second
	writeLimit   = 10 * time.Second
	keepAlive    = 10 * time.Second
	pingLimit    = 5 * time.Second
)

// errDenied means that the broker does not let this terminal read its own topics: the certificate is not its own.
var errDenied = errors.New("broker denies the terminal's own topics")

// MQTT connects to the broker at url ("ssl://host:port") as the terminal; with several nodes of a cluster, commas between
// them, to the first that answers: terminals begin at different ones, and after a lost connection at the next. MQTT 3.1.1 is named because paho otherwise falls
// back to 3.1 and reports a refused certificate as “EOF”. Each connection is a new client without its own retries: what was
// under way is in the outbox, and one place decides about pauses.
func MQTT(url, terminal string, conf *tls.Config) Dial {
	nodes := strings.Split(url, ",")
	turn := atomic.Uint32{}
	turn.Store(crc32.ChecksumIEEE([]byte(terminal)))
	return func(ctx context.Context, will []byte, in chan<- Message) (Conn, error) {
		first := int(turn.Add(1) % uint32(len(nodes))) //nolint:gosec // a handful
		c := &pahoConn{lost: make(chan struct{})}
		deliver := func(_ mqtt.Client, m mqtt.Message) {
			select {
			case in <- Message{m.Topic(), m.Payload()}:
			case <-c.lost: // nobody listens any more; unacknowledged, it comes again
			}
		}
		o := mqtt.NewClientOptions().SetClientID(terminal).SetTLSConfig(conf).
			SetProtocolVersion(4).SetCleanSession(false).SetResumeSubs(false).
			SetAutoReconnect(false).SetConnectRetry(false).
			SetConnectTimeout(connectLimit).SetWriteTimeout(writeLimit).SetKeepAlive(keepAlive).SetPingTimeout(pingLimit).
			SetBinaryWill(wire.TopicStatus(terminal), will, 1, true).
			SetDefaultPublishHandler(deliver).
			SetConnectionLostHandler(func(mqtt.Client, error) { c.end() })
		for i := range nodes {
			o.AddBroker(nodes[(first+i)%len(nodes)])
		}
		c.client = mqtt.NewClient(o)
		if err := wait(ctx, c.client.Connect(), connectLimit*time.Duration(len(nodes))); err != nil {
			c.Close()
			return nil, fmt.Errorf("connect to broker: %w", err)
		}
		topics := map[string]byte{wire.TopicReceipt(terminal): 1, wire.TopicNotice(terminal): 1, wire.TopicOrder(terminal): 1}
		token := c.client.SubscribeMultiple(topics, deliver)
		if err := wait(ctx, token, connectLimit); err != nil {
			c.Close()
			return nil, fmt.Errorf("subscribe: %w", err)
		}
		if s, ok := token.(*mqtt.SubscribeToken); ok {
			for _, code := range s.Result() {
				if code >= 0x80 { // paho's own error is nil then
					c.Close()
					return nil, errDenied
				}
			}
		}
		return c, nil
	}
}

func wait(ctx context.Context, t mqtt.Token, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	select {
	case <-t.Done():
		return t.Error()
	case <-ctx.Done():
		return ctx.Err()
	}
}

type pahoConn struct {
	client mqtt.Client
	lost   chan struct{}
	once   sync.Once
}

func (c *pahoConn) end() { c.once.Do(func() { close(c.lost) }) }

func (c *pahoConn) Publish(topic string, retained bool, payload []byte) <-chan error {
	done := make(chan error, 1)
	t := c.client.Publish(topic, 1, retained, payload)
	go func() {
		select {
		case <-t.Done():
			done <- t.Error()
		case <-c.lost:
			done <- mqtt.ErrNotConnected
		}
	}()
	return done
}

func (c *pahoConn) Lost() <-chan struct{} { return c.lost }

func (c *pahoConn) Close() {
	c.end()
	c.client.Disconnect(200) // ms for what is on its way
}
