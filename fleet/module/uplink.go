package module

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/fleet/internal/broker"
	"tongban/fleet/internal/ca"
	"tongban/fleet/internal/store"
)

// rollEvery is how often the roll is compared with the database: a broker whose store was lost has its terminals back
// after this long.
const rollEvery = 3 * time.Second

// rollWhole is how many rounds apart the roll is compared with the broker line by line; in between only what changed in
// the database is written.
const rollWhole = 10

var errAway = errs.E(errs.Unavailable, "fleet.broker_away", "消息服务暂时连不上，请稍后再试", nil)

// connect opens the one connection to the broker. It comes back by itself, however long the broker is away, and may be
// opened before there is one.
func (f *Fleet) connect() error {
	o := []nats.Option{
		nats.Name("tongban-central"), nats.Token(f.keys.Token),
		nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1),
		nats.ReconnectWait(250 * time.Millisecond), nats.ReconnectJitter(100*time.Millisecond, 250*time.Millisecond),
		nats.ReconnectBufSize(-1), // fail at once while away: whoever sends tries again
		nats.PingInterval(5 * time.Second), nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				f.k.Log.Warn("broker connection lost", "cause", err.Error())
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) {
			f.k.Log.Info("broker connection is back")
			select {
			case f.again <- struct{}{}:
			default:
			}
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			f.k.Log.Debug("broker connection complains", "cause", err.Error())
		}),
	}
	switch url := f.cfg.BrokerURL; {
	case f.broker != nil:
		o = append(o, f.broker.InProcess())
	case strings.Contains(url, "tls://"): // nats:// is for this machine alone, see broker.Config.NATS
		o = append(o, nats.Secure(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: f.keys.Pool()}))
	}
	var err error
	if f.nc, err = nats.Connect(f.cfg.BrokerURL, o...); err != nil {
		return fmt.Errorf("connect to broker: %w", err)
	}
	f.js, err = jetstream.New(f.nc, jetstream.WithPublishAsyncMaxPending(2048), jetstream.WithPublishAsyncTimeout(5*time.Second))
	if err != nil {
		return fmt.Errorf("open streams: %w", err)
	}
	return nil
}

// replicas is on how many nodes the broker keeps what we ask it to keep.
func (f *Fleet) replicas() int {
	return broker.Cluster{Routes: strings.Split(f.cfg.BrokerURL, ",")[1:]}.Replicas()
}

// connected is the readiness check.
func (f *Fleet) connected(context.Context) error {
	if f.nc == nil || !f.nc.IsConnected() {
		return errors.New("no connection to the broker")
	}
	return nil
}

// publish sends one message to a terminal with QoS 1.
func (f *Fleet) publish(ctx context.Context, topic string, body []byte) error {
	if f.js == nil {
		return errAway
	}
	return broker.NewDownlink(f.js).Send(ctx, topic, body)
}

// admit puts one certificate on the roll.
func (f *Fleet) admit(ctx context.Context, code, serial string) error {
	if f.js == nil {
		return errAway
	}
	roll, err := broker.OpenRoll(ctx, f.js, f.replicas())
	if err != nil {
		return err
	}
	return roll.Put(ctx, code, serial)
}

// keepCertificate renews the listeners' certificate long before its end, without a restart.
func (f *Fleet) keepCertificate(ctx context.Context) {
	for {
		select {
		case <-f.k.Clock.After(12 * time.Hour):
		case <-ctx.Done():
			return
		}
		if err := f.keys.Refresh(keysDir(f.cfg.Data), ca.Options{Now: f.k.Clock.Now(), Names: f.cfg.Names}); err != nil {
			f.k.Log.ErrorContext(ctx, "listener certificate cannot be renewed", "cause", err.Error())
		}
	}
}

// keepRoll makes the broker's roll what the database says, now and again and soon after a failure.
func (f *Fleet) keepRoll(ctx context.Context) {
	told := map[string]string{}
	for round := 1; ; round++ {
		wait := rollEvery
		if round%rollWhole == 0 {
			clear(told)
		}
		if err := f.syncRoll(ctx, told); err != nil && ctx.Err() == nil {
			f.k.Log.DebugContext(ctx, "roll of terminals cannot be compared", "cause", err.Error())
			wait = time.Second
		}
		select {
		case <-f.again: // perhaps another broker: its roll may be empty
			clear(told)
		case <-f.k.Clock.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

// syncRoll writes every line that is not told yet.
func (f *Fleet) syncRoll(ctx context.Context, told map[string]string) error {
	var lines map[string]string
	err := f.k.DB.View(ctx, func(q db.Query) (err error) {
		lines, err = store.Roll(ctx, q)
		return err
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var roll *broker.Roll
	for code, line := range lines {
		if was, ok := told[code]; ok && was == line {
			continue
		}
		if roll == nil {
			if roll, err = broker.OpenRoll(ctx, f.js, f.replicas()); err != nil {
				return err
			}
		}
		if err := roll.Put(ctx, code, line); err != nil {
			return err
		}
		told[code] = line
	}
	return nil
}

// RunBroker runs a broker alone until ctx ends (`tongban-central broker`).
func RunBroker(ctx context.Context, c BrokerConfig) error {
	// The listener's certificate is renewed by the centre alone: two processes must not both write it.
	keys, err := ca.Load(keysDir(c.Data))
	if err != nil {
		return fmt.Errorf("run broker: %w", err)
	}
	b, err := broker.Start(ctx, broker.Config{Dir: storeDir(c.Data), MQTT: c.MQTT, NATS: c.NATS, Cluster: broker.Cluster(c.Cluster), Keys: keys, Log: c.Log})
	if err != nil {
		return fmt.Errorf("run broker: %w", err)
	}
	defer b.Stop()
	if c.Ready != nil {
		c.Ready(b.MQTT(), b.NATS())
	}
	select {
	case <-ctx.Done():
		return nil
	case <-b.Done():
		return errors.New("run broker: it stopped by itself")
	}
}
