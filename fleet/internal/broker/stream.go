package broker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"tongban/fleet/wire"
)

// Names of what the broker keeps.
const (
	Stream = "UP"        // 上行: every uplink message of every terminal, in order
	roll   = "terminals" // 名册: the serial of each terminal's current certificate
)

// keep is how long uplink messages can be replayed. Nothing depends on it: a terminal keeps what has no receipt.
const keep = 72 * time.Hour

// Ensure makes the uplink stream, or brings it to the present settings. The broker does so at start and the centre when
// it connects, so that either may be started first or set up anew. replicas is on how many nodes it is kept.
func Ensure(ctx context.Context, js jetstream.JetStream, replicas int) error {
	_, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name:        Stream,
		Description: "uplink of all terminals",
		Subjects:    []string{wire.SubjectUp},
		Storage:     jetstream.FileStorage,
		Retention:   jetstream.LimitsPolicy,
		Discard:     jetstream.DiscardOld,
		MaxAge:      keep,
		MaxBytes:    4 << 30,
		MaxMsgSize:  -1,
		Replicas:    replicas,
	})
	if err != nil {
		return fmt.Errorf("make uplink stream: %w", err)
	}
	return nil
}

// Roll is the list of certificates that may connect (名册). The centre writes it from its database, the broker reads it:
// a broker on its own needs no database and keeps terminals connected while the centre is away.
type Roll struct{ kv jetstream.KeyValue }

// OpenRoll makes the roll when it is missing.
func OpenRoll(ctx context.Context, js jetstream.JetStream, replicas int) (*Roll, error) {
	kv, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: roll, Description: "terminal code → certificate serial", Storage: jetstream.FileStorage, History: 1,
		Replicas: replicas,
	})
	if err != nil {
		return nil, fmt.Errorf("make roll of terminals: %w", err)
	}
	return &Roll{kv}, nil
}

// Serial returns the serial on the roll; "" for a terminal that is not on it.
func (r *Roll) Serial(ctx context.Context, code string) (string, error) {
	e, err := r.kv.Get(ctx, code)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look up the roll: %w", err)
	}
	return string(e.Value()), nil
}

// Put lets exactly these certificates of the terminal connect from now on, several with a space between, none with ""; a
// live connection under another one is cut.
func (r *Roll) Put(ctx context.Context, code, serial string) error {
	now, err := r.Serial(ctx, code)
	if err != nil {
		return err
	}
	if now == serial {
		return nil
	}
	if _, err := r.kv.PutString(ctx, code, serial); err != nil {
		return fmt.Errorf("write the roll: %w", err)
	}
	return nil
}
